import { limits } from '../monitoring/limits.ts';
import { statementsPerSecond } from '../fleet/apiQuotas.ts';
import { BudgetError } from './errors.ts';
import {
  configOf,
  connectionLimitOf,
  ownSystems,
  ownSystemsIn,
  stageOf,
  stagesOn,
  type Fleet,
  type StageConfig,
} from '../fleet/fleet.ts';
import { monitoredSystems } from '../fleet/monitoredFleet.ts';

/** Concurrent executions that Lambda keeps for functions without a reservation. */
const unreservableConcurrency = 100;

export interface Budget {
  /** What the configuration can come to need. */
  needed: number;
  /** What it may need. */
  allowed: number;
  /** The sum, as a reader would check it. */
  sum: string;
}

/**
 * Database connections that a system can come to hold, runs of other stages on its database included,
 * against its cluster's limit less the reserve.
 */
export function connectionBudget(fleet: Fleet, stage: string, system: string): Budget {
  const home = stageOf(fleet, stage).runsOn?.stage ?? stage;
  const config = configOf(stageOf(fleet, home), system);
  const { api, subscriber, database } = config;
  const each = limits.connectionsPerExecution;
  const limit = connectionLimitOf(config);
  const runs = stagesOn(fleet, home)
    .filter(([, run]) => ownSystemsIn(fleet, run).some(({ name }) => name === system))
    .map(([name, run]) => {
      const { atOnce } = run.runsOn;
      const own = configOf(run, system);
      return {
        name,
        atOnce,
        executions: atOnce * (own.api.reservedConcurrency + own.subscriber.maximumConcurrency),
      };
    });
  const executions =
    api.reservedConcurrency +
    subscriber.maximumConcurrency +
    runs.reduce((sum, run) => sum + run.executions, 0);
  return {
    needed: executions * each + database.dataApiConnections + database.operatorConnections,
    allowed: Math.floor((limit * limits.utilizationPercent) / 100),
    sum:
      `(${api.reservedConcurrency} API + ${subscriber.maximumConcurrency} subscriber executions` +
      runs.map((run) => ` + ${run.executions} of ${run.atOnce} ${run.name} stages`).join('') +
      `) × ${each} + ` +
      `${database.dataApiConnections} Data API + ${database.operatorConnections} operators, ` +
      `against ${limits.utilizationPercent} % of the cluster's ${limit}`,
  };
}

/** Concurrent executions that all stages in the stage's account can come to need, against its pool. */
export function concurrencyBudget(fleet: Fleet, stage: string): Budget {
  const { account } = stageOf(fleet, stage);
  const neighbours = Object.entries(fleet.stages).filter(([, config]) => config.account === account);
  const ofStage = (config: StageConfig, perSystem: (config: StageConfig) => number): number =>
    (config.runsOn?.atOnce ?? 1) *
    ownSystemsIn(fleet, config).reduce((sum, { name }) => sum + perSystem(configOf(config, name)), 0);
  const sumOf = (perSystem: (config: StageConfig) => number): number =>
    neighbours.reduce((sum, [, config]) => sum + ofStage(config, perSystem), 0);
  const reserved = sumOf((config) => config.api.reservedConcurrency);
  // Subscribers run in what is left. The probe is not counted: it is invoked asynchronously, and waits.
  const unreserved = Math.max(
    unreservableConcurrency,
    sumOf((config) => config.subscriber.maximumConcurrency),
  );
  return {
    needed: reserved + unreserved,
    allowed: fleet.accountConcurrency,
    sum:
      `${ownSystems(fleet).length} systems in ${neighbours.map(([name]) => name).join(' and ')}: ` +
      `${reserved} reserved for the APIs + ${unreserved} for the subscribers and what cannot be reserved`,
  };
}

/**
 * Databases that the probes of the stage's account ask each minute, against what the Redshift Data API takes of
 * statements from an account in a region in the time that they have for it, less the reserve.
 */
export function probeBudget(fleet: Fleet, stage: string): Budget {
  const { askMs } = limits.probe;
  const probing = probingStages(fleet, stage);
  const rate = accountStatementsPerSecond();
  const probed = probing.reduce((sum, name) => sum + probedIn(fleet, name), 0);
  return {
    needed: probed,
    allowed: Math.floor((rate * askMs) / 1_000),
    sum:
      `${probed} databases in ${probing.join(' and ')}, at ${limits.utilizationPercent} % of the ` +
      `${statementsPerSecond} statements a second that the Redshift Data API takes from an account in a region, ` +
      `for ${askMs / 1_000} s of each minute`,
  };
}

/** Statements a second of a stage's probe: the account's, in equal parts, since its stages have the same systems. */
export const probeStatementsPerSecond = (fleet: Fleet, stage: string): number =>
  accountStatementsPerSecond() / Math.max(1, probingStages(fleet, stage).length);

const probedIn = (fleet: Fleet, stage: string): number =>
  monitoredSystems(fleet, stage).filter(({ isProbed, engine }) => isProbed && engine === 'redshift').length;

const accountStatementsPerSecond = (): number => (statementsPerSecond * limits.utilizationPercent) / 100;

/** Stages in the stage's account that have a probe: not those of a run, which are in another one's databases. */
function probingStages(fleet: Fleet, stage: string): string[] {
  const { account } = stageOf(fleet, stage);
  return Object.entries(fleet.stages)
    .filter(([, config]) => config.account === account && !config.runsOn)
    .map(([name]) => name);
}

/**
 * What can be computed before deploying.
 * @throws BudgetError with every sum that does not come out, by how much, and what to change.
 */
export function checkBudgets(fleet: Fleet, stage: string): void {
  const alike = alikeIn(fleet, stage);
  const concurrency = concurrencyBudget(fleet, stage);
  const probed = probeBudget(fleet, stage);
  const findings = [
    ...alike.map(({ field, names }) => connectionFinding(field, tightestConnections(fleet, stage, names))),
    concurrency.needed > concurrency.allowed &&
      `Concurrent executions: ${concurrency.needed} may be needed and the account has ${concurrency.allowed} ` +
        `(${concurrency.sum}), ${concurrency.needed - concurrency.allowed} too many: lower ` +
        `api.reservedConcurrency, give the stage an account of its own (stages.${stage}.account), or have ` +
        `the quota raised and say so in accountConcurrency.`,
    probed.needed > probed.allowed &&
      `Databases probed: ${probed.needed} a minute and ${probed.allowed} are allowed (${probed.sum}), ` +
        `${probed.needed - probed.allowed} too many: give the stage an account of its own (stages.${stage}.account).`,
    ...alike.flatMap(timeoutFindings),
    ...alike.flatMap(memoryFindings),
  ].filter((finding) => finding !== false);
  if (findings.length > 0) throw new BudgetError(stage, findings);
}

type Finding = string | false;

/** Systems of a stage that have the same configuration. */
interface Alike {
  /** Where that stands: `stages.prod`, or `stages.prod.systems.orders` of one that has something otherwise. */
  field: string;
  config: StageConfig;
  names: string[];
}

function alikeIn(fleet: Fleet, stage: string): Alike[] {
  const config = stageOf(fleet, stage);
  const names = ownSystemsIn(fleet, config).map(({ name }) => name);
  const fieldOf = (name: string): string =>
    `stages.${stage}${config.systems?.[name] ? `.systems.${name}` : ''}`;
  return [...Map.groupBy(names, fieldOf)].map(([field, alike]) => ({
    field,
    config: configOf(config, alike[0]!),
    names: alike,
  }));
}

/** The connections of that system which exceeds its limit most, or comes nearest to it. */
export function tightestConnections(fleet: Fleet, stage: string, systems: readonly string[]): Budget {
  const budgets = systems.map((system) => connectionBudget(fleet, stage, system));
  return budgets.reduce((worst, one) =>
    one.needed - one.allowed > worst.needed - worst.allowed ? one : worst,
  );
}

function connectionFinding(field: string, { needed, allowed, sum }: Budget): Finding {
  return (
    needed > allowed &&
    `Database connections: ${needed} may be needed and ${allowed} are allowed (${sum}), ` +
      `${needed - allowed} too many: lower ${field}.api.reservedConcurrency or subscriber.maximumConcurrency, or ` +
      `choose a database.nodeType that accepts more connections.`
  );
}

function timeoutFindings({ field, config: { api, subscriber } }: Alike): Finding[] {
  const whole = (name: string, timeoutMs: number): Finding =>
    timeoutMs % 1_000 !== 0 &&
    `${field}.${name}: expected whole seconds, since Lambda has no other timeouts; got ${timeoutMs} ms.`;
  return [
    whole('api.timeoutMs', api.timeoutMs),
    whole('subscriber.timeoutMs', subscriber.timeoutMs),
    subscriber.batchSize > 10 &&
      subscriber.batchWindowSeconds < 1 &&
      `${field}.subscriber.batchWindowSeconds: expected at least 1, since SQS gathers more than 10 ` +
        `messages a batch only within a window (batchSize is ${subscriber.batchSize}).`,
  ];
}

/** A function that could not keep its reserve of memory even when idle would alarm from its first day. */
function memoryFindings({ field, config: { api, subscriber } }: Alike): Finding[] {
  const { baseMiB, messageKiB } = limits.functionMemory;
  const tooSmall = (role: string, memoryMiB: number, neededMiB: number, what: string): Finding => {
    const leastMiB = Math.ceil((neededMiB * 100) / limits.utilizationPercent);
    return (
      memoryMiB < leastMiB &&
      `${field}.${role}.memoryMiB: expected at least ${leastMiB}, so that ${what} stay below ` +
        `${limits.utilizationPercent} %; got ${memoryMiB}.`
    );
  };
  return [
    tooSmall('api', api.memoryMiB, baseMiB, `the ${baseMiB} MiB of the runtime`),
    tooSmall(
      'subscriber',
      subscriber.memoryMiB,
      baseMiB + (subscriber.batchSize * messageKiB) / 1_024,
      `the ${baseMiB} MiB of the runtime and a batch of ${subscriber.batchSize}`,
    ),
  ];
}
