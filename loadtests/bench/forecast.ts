import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { rm } from 'node:fs/promises';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { systemClock } from '../../core/clock.ts';
import { median } from '../../core/statistics.ts';
import { configurationHash, parseFleet, stageOf } from '../../fleet/fleet.ts';
import { monitoredSystem } from '../../fleet/names.ts';
import type { SystemDocument } from '../../fleet/systemDocument.ts';
import { startBenchStage, type BenchStage } from '../../local/bench/benchStage.ts';
import { limits } from '../../monitoring/limits.ts';
import { isSignal } from '../../monitoring/signals.ts';
import type { Crossing } from '../../records/breakpoint.ts';
import type { RunFile } from '../../records/run.ts';
import type { SystemHeadroomRecord } from '../../records/verdict.ts';
import { runSql, type DataApi } from '../../service/redshift/dataApi.ts';
import type { JudgedSystem } from '../gate/judge.ts';
import { runBreakpoint } from '../gate/runBreakpoint.ts';
import { doubtsOf } from '../gate/runDoubts.ts';
import { runGate } from '../gate/runGate.ts';
import { reserveIds } from '../messages/ids.ts';
import { runLoad } from '../runner/load.ts';
import fleetConfig from './forecast.fleet.config.ts';
import {
  calibrationSql,
  calibrationSteps,
  limitedSystems,
  limitingSql,
  otherDatabases,
  type Calibration,
  type LimitedSystem,
} from './limitedSystems.ts';
import { contract } from '../../service/contract.ts';

/**
 * How far the gate's forecasts are from the truth: twelve systems of one stage, each limited by something else
 * (`limitedSystems.ts`), are loaded at 30 to 90 % of what they carry and forecast from that; then all of them
 * climb until their first resource crosses its limit. Prints forecast, interval and truth, and whether the two
 * targets are met: the truth in the interval in nine of ten, and a median error of at most 15 %.
 *
 *   node loadtests/bench/forecast.ts [ramp seconds] [hold seconds] [climb seconds]
 *
 * Takes some thirteen minutes and 8 GB, and two cores that nothing else uses much.
 */
const [rampSeconds = 40, holdSeconds = 110, climbSeconds = 480] = process.argv.slice(2).map(Number);

/** Beyond what crosses the limits, so that it is surely crossed. */
const climbTo = 1.4;
const targets = { insideShare: 0.9, medianErrorPercent: 15 };

const fleet = parseFleet(fleetConfig);
const config = stageOf(fleet, 'local');
const directory = join(tmpdir(), 'headroom-forecast');
await rm(directory, { recursive: true, force: true });

const atPeak = (system: LimitedSystem): number => system.peakShare;
const atMost = (): number => climbTo;

console.log(`${limitedSystems.length} systems: a peak at 30 to 90 % of what they carry`);
const { headroom } = await onFreshStage(async (stage) => {
  const systems = scaled(stage, atPeak);
  const run = await load(stage, 'peak', systems, { rampSeconds, holdSeconds });
  // The gate forecasts nothing from a run whose generator stood still; here that is said above, and seen.
  const generator = { ...run.generator, cpuPercent: null, lateIterations: null };
  return runGate({ ...metricsOf(stage, { ...run, generator }, systems), config });
});
console.log('a climb beyond it');
const truth = await onFreshStage(async (stage) => {
  const systems = scaled(stage, atMost);
  // A climb that no threshold ends: each of them shall cross its own limit. A slow one: what is kept after its use
  // grows with the time at a load, and a hold stays at its own.
  const shape = { rampSeconds: climbSeconds, holdSeconds: config.periodSeconds };
  const climb = asClimb(await load(stage, 'climb', systems, shape));
  return runBreakpoint(metricsOf(stage, climb, systems));
});
report(
  headroom,
  new Map(truth.systems.map(({ system, crossings }) => [system, firstOfResources(crossings)])),
);

/** Warm environments keep their connections and memory: what a peak has opened would be there in the climb. */
async function onFreshStage<T>(work: (stage: BenchStage) => Promise<T>): Promise<T> {
  await rm(directory, { recursive: true, force: true });
  const stage = await startBenchStage(
    join(directory, 'state'),
    new URL('./forecast.fleet.config.ts', import.meta.url),
  );
  const others: Client[] = [];
  try {
    const calibration = { stepsAMs: await stepsAMs(stage), partMiB: await partOfMemory(stage) };
    for (const document of stage.systems) others.push(...(await limit(stage, document, calibration)));
    return await work(stage);
  } finally {
    for (const client of others) await client.end().catch(() => {});
    await stage.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

function administratorOf({ connection }: BenchStage, { cluster }: SystemDocument): DataApi {
  return {
    client: new RedshiftDataClient(connection),
    cluster: { ...cluster, secretArn: cluster.adminSecretArn },
    clock: systemClock,
  };
}

/** The fastest of some tries: others have work for the machine, too. */
async function stepsAMs(stage: BenchStage): Promise<number> {
  const tries: number[] = [];
  for (let count = 0; count < 12; count += 1) {
    const startedMs = performance.now();
    await runSql(administratorOf(stage, stage.system), calibrationSql);
    tries.push(performance.now() - startedMs);
  }
  return Math.round(calibrationSteps / Math.min(...tries));
}

/** Adds the empty databases. */
async function partOfMemory(stage: BenchStage): Promise<number> {
  for (let number = 1; number <= otherDatabases; number += 1) {
    await runSql(administratorOf(stage, stage.system), `CREATE DATABASE other_${number}`);
  }
  return totalmem() / 2 ** 20 / (otherDatabases + stage.systems.length);
}

/** Makes what limits a system in its database. @returns the sessions of others that it has open */
async function limit(
  stage: BenchStage,
  document: SystemDocument,
  calibration: Calibration,
): Promise<Client[]> {
  const system = limitedSystems.find(({ name }) => name === document.system)!;
  const { cluster } = document;
  const api = administratorOf(stage, document);
  const others: Client[] = [];
  for (const statement of limitingSql(system, calibration)) await runSql(api, statement);
  const { username } = await secretOf(stage, cluster.apiSecretArn);
  await runSql(
    api,
    `ALTER ROLE "${username}" IN DATABASE "${cluster.database}" SET search_path TO bench, public`,
  );
  // The canary has been there: what it opened does not know of the view.
  await runSql(
    api,
    `SELECT count(pg_terminate_backend(pid)) AS ended FROM pg_stat_activity WHERE usename = '${username}' AND datname = current_database()`,
  );
  const admin = await secretOf(stage, cluster.adminSecretArn);
  for (let count = 0; count < (system.otherConnections ?? 0); count += 1) {
    const client = new Client({
      host: stage.database.host,
      port: stage.database.port,
      database: cluster.database,
      user: admin.username,
      password: admin.password,
    });
    client.on('error', () => {});
    await client.connect();
    others.push(client);
  }
  return others;
}

async function secretOf(
  { connection }: BenchStage,
  arn: string,
): Promise<{ username: string; password: string }> {
  const { SecretString = '' } = await new SecretsManagerClient(connection).send(
    new GetSecretValueCommand({ SecretId: arn }),
  );
  return JSON.parse(SecretString) as { username: string; password: string };
}

/** The systems with so many times the rates at which each crosses its limit as their expected peak. */
function scaled(stage: BenchStage, share: (system: LimitedSystem) => number): SystemDocument[] {
  return stage.systems.map((document) => {
    const system = limitedSystems.find(({ name }) => name === document.system)!;
    return {
      ...document,
      expectedPeak: {
        requestsPerSecond: share(system) * system.crossesPerSecond,
        messagesPerSecond: share(system),
      },
    };
  });
}

async function load(
  stage: BenchStage,
  name: string,
  systems: readonly SystemDocument[],
  shape: { rampSeconds: number; holdSeconds: number },
): Promise<RunFile> {
  const run = await runLoad({
    ...shape,
    profile: 'peak',
    stage: 'local',
    place: 'local',
    service: fleet.service,
    systems,
    engine: 'embedded',
    periodSeconds: config.periodSeconds,
    runDirectory: join(directory, name),
    configurationHash: configurationHash(fleet),
    commit: null,
    credentials: stage.connection.credentials,
    sns: new SNSClient(stage.connection),
    firstMessageId: reserveIds(Math.random),
    clock: systemClock,
  });
  const { own, intended } = doubtsOf(run);
  const { lateIterations } = run.generator;
  console.log(
    `  ${lateIterations} of ${intended} iterations late${own === null ? '' : `: TOO MANY, ${own}`}`,
  );
  return run;
}

function metricsOf({ connection }: BenchStage, run: RunFile, systems: readonly SystemDocument[]) {
  return {
    run,
    systems: systems.map(({ system, expectedPeak }): JudgedSystem => ({
      ...monitoredSystem(contract, 'local', system, {
        connectionLimit: config.database.connectionLimit ?? 0,
        apiReservedConcurrency: config.api.reservedConcurrency,
        subscriberMaximumConcurrency: config.subscriber.maximumConcurrency,
      }),
      expectedRequestsPerSecond: expectedPeak.requestsPerSecond,
      expectedMessagesPerSecond: expectedPeak.messagesPerSecond,
    })),
    cloudWatch: new CloudWatchClient(connection),
    place: 'local' as const,
    clock: systemClock,
    periodSeconds: config.periodSeconds,
    metricDelaySeconds: limits.metricDelaySeconds.local,
  };
}

/** A climb has no ramp before it: all of it counts. */
function asClimb(run: RunFile): RunFile {
  const { ramp, hold } = run.windows;
  const { start } = ramp;
  return {
    ...run,
    profile: 'breakpoint',
    windows: { run: run.windows.run, ramp: { start, end: start }, hold: { start, end: hold.end } },
  };
}

/** What is no share of a resource is a consequence. */
function firstOfResources(crossings: readonly Crossing[]): Crossing | undefined {
  return crossings.find(({ signal }) => isSignal(signal) && signal !== 'errorRate');
}

/** Between the last period below the limit and the first above it. */
function rateAtLimit({ before, perSecond, value, limit: at }: Crossing): number {
  if (before === null) return perSecond;
  const share = (at - before.value) / (value - before.value);
  return before.perSecond + share * (perSecond - before.perSecond);
}

function report(
  forecasts: readonly SystemHeadroomRecord[],
  crossed: ReadonlyMap<string, Crossing | undefined>,
): void {
  const rows = limitedSystems.map(({ name, crossesPerSecond, peakShare }) => {
    const forecast = forecasts.find(({ system }) => system === name)!;
    const peakPerSecond = crossesPerSecond * peakShare;
    const likely = forecast.resources.find(({ signal }) => signal === forecast.bindsFirst)?.likely ?? null;
    const crossing = crossed.get(name);
    const at = crossing ? rateAtLimit(crossing) : null;
    const rate = (multiple: number): number => multiple * peakPerSecond;
    return {
      name,
      truthBy: crossing?.signal ?? 'none',
      at,
      seenShare: at === null ? null : rate(forecast.seen) / at,
      atLeast: rate(forecast.atLeast),
      forecastBy: forecast.bindsFirst ?? 'none',
      likely: likely && {
        value: rate(likely.value),
        low: rate(likely.low),
        high: rate(likely.high ?? Infinity),
      },
      summary: forecast.summary,
    };
  });
  const short = (value: number | null): string =>
    value === null ? '–' : value === Infinity ? '…' : value.toFixed(1);
  const cells = rows.map(({ name, truthBy, at, seenShare, atLeast, forecastBy, likely }) => {
    const error = likely && at !== null ? 100 * (likely.value / at - 1) : null;
    const inside = likely && at !== null ? likely.low <= at && at <= likely.high : null;
    return [
      name,
      seenShare === null ? '–' : `${(100 * seenShare).toFixed(0)} %`,
      short(atLeast),
      forecastBy,
      likely ? `${short(likely.value)} (${short(likely.low)} to ${short(likely.high)})` : 'not told',
      short(at),
      truthBy,
      inside === null ? '–' : inside ? 'yes' : 'no',
      error === null ? '–' : `${error >= 0 ? '+' : ''}${error.toFixed(0)} %`,
    ];
  });
  const header = [
    'System',
    'Seen, of truth',
    'At least /s',
    'Forecast binds first',
    'Forecast /s',
    'Truth /s',
    'Truth by',
    'Inside',
    'Error',
  ];
  const lines = [header, header.map(() => '---'), ...cells];
  console.log(lines.map((line) => `| ${line.join(' | ')} |`).join('\n'));
  const told = rows.flatMap(({ likely, at }) => (likely && at !== null ? [{ likely, at }] : []));
  const inside = told.filter(({ likely: { low, high }, at }) => low <= at && at <= high).length;
  const errors = told.map(({ likely, at }) => Math.abs(100 * (likely.value / at - 1)));
  const bounds = rows.filter(({ at, atLeast }) => at !== null && atLeast <= at).length;
  const verdictOn = (holds: boolean): string => (holds ? 'met' : 'NOT MET');
  console.log(
    `truth inside the interval: ${inside} of ${told.length} (target 9 of 10: ` +
      `${verdictOn(inside >= targets.insideShare * told.length)}); median error ${median(errors).toFixed(0)} % ` +
      `(target ${targets.medianErrorPercent} %: ${verdictOn(median(errors) <= targets.medianErrorPercent)}); ` +
      `at least is not above the truth: ${bounds} of ${rows.filter(({ at }) => at !== null).length}`,
  );
  for (const { name, summary } of rows) console.log(`${name}: ${summary}`);
}
