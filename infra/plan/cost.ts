import { monthlyAmounts } from '../../monitoring/amounts.ts';
import { canaryMemoryMiB } from '../constructs/canary.ts';
import type { StageConfig } from '../../fleet/fleet.ts';
import type { System } from '../../fleet/fleet.ts';
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
  /** Of the probe and of the comparison; the canary's grows with the systems. */
  scheduledMemoryMiB: 256,
  /** One EMF line and what Lambda itself writes about an invocation. */
  invocationLogBytes: 1_100,
  accessLogBytes: 450,
  /** Pollers that Lambda keeps on a queue, each asking every 20 s. */
  idlePollers: 5,
} as const;

export interface CostInput {
  config: StageConfig;
  systems: readonly System[];
  counts: Counts;
  /** Share of the expected peak that is served on average over the month, 0–1. */
  loadShare: number;
}

const million = 1_000_000;
const bytesAGB = 1_000_000_000;
const minutesAMonth = hoursAMonth * 60;

/** The month's cost of a stage, the largest item first. */
export function costOf({ config, systems, counts, loadShare }: CostInput): CostItem[] {
  const rate = (kind: 'requestsPerSecond' | 'messagesPerSecond'): number =>
    systems.reduce((total, { expectedPeak }) => total + expectedPeak[kind], 0) * loadShare;
  const requests = rate('requestsPerSecond') * secondsAMonth;
  const messages = rate('messagesPerSecond') * secondsAMonth;
  const { subscriber, database, api } = config;
  // A batch ends when it is full or its window is over, at the latest by itself.
  const perBatch = (messagesPerSecond: number): number =>
    Math.max(
      1,
      Math.min(subscriber.batchSize, messagesPerSecond * loadShare * subscriber.batchWindowSeconds),
    );
  const batches = systems.reduce(
    (total, { expectedPeak: { messagesPerSecond: peak } }) =>
      total + (peak * loadShare * secondsAMonth) / perBatch(peak),
    0,
  );
  const count = (type: string): number => counts.resources[type] ?? 0;
  const nodes = systems.length * database.nodes;
  const { customMetrics, metricsRead, canaryRuns, probeRuns, comparisonRuns } = monthlyAmounts(
    systems.length,
  );
  const scheduledRuns = canaryRuns + probeRuns + comparisonRuns;
  const invocations = requests + batches + scheduledRuns;
  const logGB =
    (invocations * assumptions.invocationLogBytes + requests * assumptions.accessLogBytes) / bytesAGB;
  const polls = systems.length * assumptions.idlePollers * (secondsAMonth / 20);
  const endpointHours = count('AWS::EC2::VPCEndpoint') * 3 * hoursAMonth;
  const secrets = count('AWS::SecretsManager::Secret') + systems.length;

  return [
    line(
      'database',
      'Redshift nodes',
      nodes * hoursAMonth,
      nodePrices[database.nodeType],
      `${nodes} × ${hoursAMonth} h`,
    ),
    line('service', 'API requests', requests / million, prices.apiRequests),
    line('service', 'Function invocations', invocations / million, prices.lambdaRequests),
    line(
      'service',
      'Function run time',
      gigabyteSeconds(requests, assumptions.apiDurationMs, api.memoryMiB) +
        gigabyteSeconds(batches, assumptions.batchDurationMs, subscriber.memoryMiB),
      prices.lambdaCompute,
    ),
    line('service', 'Messages published', messages / million, prices.snsPublish),
    line('service', 'Queue requests', (messages + 2 * batches + polls) / million, prices.sqsRequests),
    line(
      'network',
      'Interface endpoints',
      endpointHours,
      prices.interfaceEndpoint,
      `${count('AWS::EC2::VPCEndpoint')} × 3 zones × ${hoursAMonth} h`,
    ),
    line('security', 'Keys', count('AWS::KMS::Key'), prices.key),
    line('security', 'Secrets', secrets, prices.secret),
    line('security', 'Web ACL', count('AWS::WAFv2::WebACL'), prices.webAcl),
    line('security', 'Web ACL rules', counts.webAclRules, prices.webAclRule),
    line('security', 'Web ACL requests', requests / million, prices.webAclRequests),
    line('monitoring', 'Alarms', counts.alarmMetrics, prices.alarm),
    line('monitoring', 'Alarms below a minute', counts.fastAlarmMetrics, prices.fastAlarm),
    line('monitoring', 'Composite alarms', count('AWS::CloudWatch::CompositeAlarm'), prices.compositeAlarm),
    line('monitoring', 'Dashboards', count('AWS::CloudWatch::Dashboard'), prices.dashboard),
    line('monitoring', 'Metrics of our own', customMetrics, prices.metric),
    line('monitoring', 'Metrics read to compare the systems', metricsRead / 1_000, prices.metricsRead),
    line(
      'monitoring',
      'Canary, probe and comparison',
      gigabyteSeconds(canaryRuns, assumptions.scheduledDurationMs, canaryMemoryMiB(systems.length)) +
        gigabyteSeconds(
          probeRuns + comparisonRuns,
          assumptions.scheduledDurationMs,
          assumptions.scheduledMemoryMiB,
        ),
      prices.lambdaCompute,
    ),
    line('monitoring', 'Logs written', logGB, prices.logIngestion),
    line('monitoring', 'Logs kept for a month', logGB, prices.logStorage),
  ]
    .filter(({ usd }) => usd > 0)
    .sort((a, b) => b.usd - a.usd);
}

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
