import { monthlyAmounts } from '../../monitoring/amounts.ts';
import { usualSampleRate } from '../../service/metrics.ts';
import { canaryMemoryMiB } from '../canaryMemory.ts';
import { configOf, type StageConfig, type System } from '../../fleet/fleet.ts';
import { messagesABatch } from '../../fleet/messagesABatch.ts';
import type { Counts } from './inventory.ts';
import { hoursAMonth, nodePrices, prices, secondsAMonth, type Price } from './prices.ts';

/** What a month of something costs, as a reader would check it. */
export interface CostItem {
  item: string;
  group: 'database' | 'service' | 'network' | 'security' | 'monitoring';
  usd: number;
  sum: string;
}

/**
 * What the sums take for granted where only running it would tell. Sizes are of lines as they are written;
 * durations are rounded up.
 */
export const assumptions = {
  /** Mean run time of an API request that reads one row. */
  apiDurationMs: 50,
  /** Mean run time of a batch. */
  batchDurationMs: 500,
  /** Mean run time of a function that asks the whole fleet. */
  scheduledDurationMs: 5_000,
  /** Databases that a probe asks a second on top of that, beside another stage's in the account. */
  probedPerSecond: 8,
  /** Of the probe and of the comparison; the canary's grows with the systems. */
  scheduledMemoryMiB: 256,
  /** A line of an environment's metrics, of which it writes one a period (`service/telemetry.ts`), and while its memory
   * comes and goes a few more. */
  metricsLineBytes: 310,
  metricsLinesAPeriod: 4,
  /** Environments that take turns in a period, of those that a function needs at once: twice as many. */
  environmentsPerConcurrency: 2,
  /** A success that is logged, which few are. */
  successLogBytes: 250,
  /** A batch's metrics, and of each of its messages the age that it was stored at. */
  batchLogBytes: 460,
  storedAgeBytes: 5,
  /** A system's line of metrics by a function that asks the whole fleet. */
  fleetLineBytes: 400,
  accessLogBytes: 160,
  /** Pollers that Lambda keeps on a queue, each asking every 20 s. */
  idlePollers: 5,
} as const;

/** A system by what its cost depends on. */
export interface SizedSystem extends Pick<System, 'expectedPeak'> {
  config: Pick<StageConfig, 'periodSeconds' | 'database' | 'api' | 'subscriber'>;
}

/** The systems of a stage, each with its own sizes. */
export const sizedSystems = (stage: StageConfig, systems: readonly System[]): SizedSystem[] =>
  systems.map(({ name, expectedPeak }) => ({ expectedPeak, config: configOf(stage, name) }));

export interface CostInput {
  systems: readonly SizedSystem[];
  counts: Counts;
  /** Share of the expected peak that is served on average over the month, 0–1. */
  loadShare: number;
}

const million = 1_000_000;
const bytesAGB = 1_000_000_000;
const minutesAMonth = hoursAMonth * 60;

/** The month's cost of a stage, the largest item first. */
export function costOf(input: CostInput): CostItem[] {
  const usage = usageOf(input);
  return [
    ...databaseNodes(input),
    ...serviceItems(input, usage),
    interfaceEndpoints(input),
    ...securityItems(input, usage),
    ...monitoringItems(input, usage),
  ]
    .filter(({ usd }) => usd > 0)
    .sort((a, b) => b.usd - a.usd);
}

const nothing: Counts = { resources: {}, alarmMetrics: 0, fastAlarmMetrics: 0, webAclRules: 0 };

/**
 * What a month of a stage at its expected peak costs more with other sizes; less where it is below zero. What a
 * stage is made of stays the same, and so do run times.
 */
export function costOfChange(systems: readonly SizedSystem[], changed: readonly SizedSystem[]): number {
  const usd = (of: readonly SizedSystem[]): number =>
    costOf({ systems: of, counts: nothing, loadShare: 1 }).reduce((sum, item) => sum + item.usd, 0);
  return usd(changed) - usd(systems);
}

/** What is asked of a stage in a month. */
interface Usage {
  requests: number;
  messages: number;
  /** Invocations of the subscribers. */
  batches: number;
  /** Of all functions. */
  invocations: number;
  canaryRuns: number;
  probeRuns: number;
  comparisonRuns: number;
  customMetrics: number;
  metricsRead: number;
}

function usageOf({ systems, loadShare }: CostInput): Usage {
  const monthly = (kind: 'requestsPerSecond' | 'messagesPerSecond'): number =>
    sumOf(systems, ({ expectedPeak }) => expectedPeak[kind]) * loadShare * secondsAMonth;
  const { customMetrics, metricsRead, canaryRuns, probeRuns, comparisonRuns } = monthlyAmounts(
    systems.length,
  );
  const requests = monthly('requestsPerSecond');
  const batches = sumOf(systems, (system) => batchesOf(system, loadShare));
  return {
    requests,
    messages: monthly('messagesPerSecond'),
    batches,
    invocations: requests + batches + canaryRuns + probeRuns + comparisonRuns,
    canaryRuns,
    probeRuns,
    comparisonRuns,
    customMetrics,
    metricsRead,
  };
}

const sumOf = <T>(all: readonly T[], of: (one: T) => number): number =>
  all.reduce((sum, one) => sum + of(one), 0);

/** A month's batches. */
function batchesOf({ expectedPeak, config: { subscriber } }: SizedSystem, loadShare: number): number {
  const messagesPerSecond = expectedPeak.messagesPerSecond * loadShare;
  return (messagesPerSecond * secondsAMonth) / messagesABatch(messagesPerSecond, subscriber);
}

/** An item for each type of node that there is. */
const databaseNodes = ({ systems }: CostInput): CostItem[] =>
  [...Map.groupBy(systems, ({ config }) => config.database.nodeType)].map(([nodeType, ofType], _, types) => {
    const nodes = sumOf(ofType, ({ config }) => config.database.nodes);
    const item = types.length === 1 ? 'Redshift nodes' : `Redshift nodes, ${nodeType}`;
    return line('database', item, nodes * hoursAMonth, nodePrices[nodeType], `${nodes} × ${hoursAMonth} h`);
  });

function serviceItems({ systems, loadShare }: CostInput, usage: Usage): CostItem[] {
  const { messages, batches, requests, invocations } = usage;
  const polls = systems.length * assumptions.idlePollers * (secondsAMonth / 20);
  const runTime = sumOf(systems, (system) => {
    const { expectedPeak, config } = system;
    const ownRequests = expectedPeak.requestsPerSecond * loadShare * secondsAMonth;
    return (
      gigabyteSeconds(ownRequests, assumptions.apiDurationMs, config.api.memoryMiB) +
      gigabyteSeconds(batchesOf(system, loadShare), assumptions.batchDurationMs, config.subscriber.memoryMiB)
    );
  });
  return [
    line('service', 'API requests', requests / million, prices.apiRequests),
    line('service', 'Function invocations', invocations / million, prices.lambdaRequests),
    line('service', 'Function run time', runTime, prices.lambdaCompute),
    line('service', 'Messages published', messages / million, prices.snsPublish),
    line('service', 'Queue requests', (messages + 2 * batches + polls) / million, prices.sqsRequests),
  ];
}

function interfaceEndpoints({ counts }: CostInput): CostItem {
  const endpoints = countOf(counts, 'AWS::EC2::VPCEndpoint');
  const what = `${endpoints} × 3 zones × ${hoursAMonth} h`;
  return line('network', 'Interface endpoints', endpoints * 3 * hoursAMonth, prices.interfaceEndpoint, what);
}

function securityItems({ counts, systems }: CostInput, { requests }: Usage): CostItem[] {
  const secrets = countOf(counts, 'AWS::SecretsManager::Secret') + systems.length;
  return [
    line('security', 'Keys', countOf(counts, 'AWS::KMS::Key'), prices.key),
    line('security', 'Secrets', secrets, prices.secret),
    line('security', 'Web ACL', countOf(counts, 'AWS::WAFv2::WebACL'), prices.webAcl),
    line('security', 'Web ACL rules', counts.webAclRules, prices.webAclRule),
    line('security', 'Web ACL requests', requests / million, prices.webAclRequests),
  ];
}

function monitoringItems(input: CostInput, usage: Usage): CostItem[] {
  const { counts, systems } = input;
  const { requests, canaryRuns, probeRuns, comparisonRuns, customMetrics, metricsRead } = usage;
  const { scheduledDurationMs, scheduledMemoryMiB, accessLogBytes } = assumptions;
  const probeDurationMs = scheduledDurationMs + (systems.length * 1_000) / assumptions.probedPerSecond;
  const composites = countOf(counts, 'AWS::CloudWatch::CompositeAlarm');
  const dashboards = countOf(counts, 'AWS::CloudWatch::Dashboard');
  const runTime =
    gigabyteSeconds(canaryRuns, scheduledDurationMs, canaryMemoryMiB(systems.length)) +
    gigabyteSeconds(probeRuns, probeDurationMs, scheduledMemoryMiB) +
    gigabyteSeconds(comparisonRuns, scheduledDurationMs, scheduledMemoryMiB);
  const accessGB = (requests * accessLogBytes) / bytesAGB;
  const functionsGB = functionLogBytes(input, usage) / bytesAGB;
  return [
    line('monitoring', 'Alarms', counts.alarmMetrics, prices.alarm),
    line('monitoring', 'Alarms below a minute', counts.fastAlarmMetrics, prices.fastAlarm),
    line('monitoring', 'Composite alarms', composites, prices.compositeAlarm),
    line('monitoring', 'Dashboards', dashboards, prices.dashboard),
    line('monitoring', 'Custom metrics', customMetrics, prices.metric),
    line('monitoring', 'Metrics read to compare the systems', metricsRead / 1_000, prices.metricsRead),
    line('monitoring', 'Canary, probe and comparison', runTime, prices.lambdaCompute),
    line('monitoring', 'Logs of the functions', functionsGB, prices.logIngestion),
    line('monitoring', 'Logs of requests', accessGB, prices.rareLogIngestion),
    line('monitoring', 'Logs kept for a month', functionsGB + accessGB, prices.logStorage),
  ];
}

/** What a month's functions write to their logs while nothing fails. */
function functionLogBytes({ systems, loadShare }: CostInput, usage: Usage): number {
  const of = assumptions;
  const metricsLines = sumOf(systems, ({ expectedPeak, config }) => {
    const aSecond = expectedPeak.requestsPerSecond * loadShare;
    const environments = Math.max(1, (aSecond * of.apiDurationMs * of.environmentsPerConcurrency) / 1_000);
    return Math.min(aSecond, (environments * of.metricsLinesAPeriod) / config.periodSeconds) * secondsAMonth;
  });
  const fleetLines = (usage.canaryRuns + usage.probeRuns + usage.comparisonRuns) * (systems.length + 1);
  return (
    (usage.requests + usage.batches) * usualSampleRate * of.successLogBytes +
    metricsLines * of.metricsLineBytes +
    usage.batches * of.batchLogBytes +
    usage.messages * of.storedAgeBytes +
    fleetLines * of.fleetLineBytes
  );
}

const countOf = ({ resources }: Counts, type: string): number => resources[type] ?? 0;

/** What one of each for every system would add to what there is once. */
export function alternatives(systems: number, counts: Counts): CostItem[] {
  const runs = systems * minutesAMonth;
  const aclUsd = prices.webAcl.usd + counts.webAclRules * prices.webAclRule.usd;
  const more = Math.max(0, systems - 1);
  return [
    line('monitoring', 'CloudWatch canary a system, once a minute', runs, prices.syntheticsRun),
    line('monitoring', 'Dashboard a system', systems, prices.dashboard),
    {
      item: 'Web ACL a system',
      group: 'security',
      usd: more * aclUsd,
      sum: `${format(more)} more × (${prices.webAcl.usd} + ${counts.webAclRules} rules × ${prices.webAclRule.usd})`,
    },
  ];
}

const gigabyteSeconds = (runs: number, durationMs: number, memoryMiB: number): number =>
  (runs * durationMs * memoryMiB) / (1_000 * 1_024);

const line = (
  group: CostItem['group'],
  item: string,
  amount: number,
  price: Price,
  what?: string,
): CostItem => ({
  item,
  group,
  usd: amount * price.usd,
  sum: `${what ?? format(amount)} × ${price.usd} per ${price.unit}`,
});

const format = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 1 : 0 });
