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
import type { SystemCapacity } from '../../fleet/monitoredSystem.ts';
import { monitoredSystem } from '../../fleet/names.ts';
import type { SystemDocument } from '../../fleet/systemDocument.ts';
import { startBenchStage, type BenchStage } from '../../local/bench/benchStage.ts';
import { limits } from '../../monitoring/limits.ts';
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
import { holdOf, isInside, nearestTo, truthOf, type Hold, type Truth } from './truthByHolds.ts';

/**
 * How far the gate's forecasts are from the truth: twelve systems of one stage, each limited by something else
 * (`limitedSystems.ts`), are loaded at 30 to 90 % of what they carry and forecast from that. Then each is held as long
 * at the low end, at the likely value and at the high end of its interval, on a fresh stage each: *likely* is where a
 * typical period of a hold reaches the limit, and what is kept after its use (connections, memory of sessions) grows
 * with the time at a load, so that a climb, which passes each load in seconds, crosses later. Prints forecast, interval
 * and truth, and whether the two targets are met: the truth in the interval in nine of ten, and a median error of at
 * most 15 %.
 *
 *   node loadtests/bench/forecast.ts [ramp seconds] [hold seconds]
 *
 * Takes some thirteen minutes and 8 GB, and two cores that nothing else uses much.
 */
const [rampSeconds = 40, holdSeconds = 110] = process.argv.slice(2).map(Number);

/** The API's throttle lets in no more of the rate that crosses the limit. */
const atMost = 1.4;
const targets = { insideShare: 0.9, medianErrorPercent: 15 };

const fleet = parseFleet(fleetConfig);
const config = stageOf(fleet, 'local');
const capacity: SystemCapacity = {
  connectionLimit: config.database.connectionLimit ?? 0,
  apiReservedConcurrency: config.api.reservedConcurrency,
  subscriberMaximumConcurrency: config.subscriber.maximumConcurrency,
};
const directory = join(tmpdir(), 'headroom-forecast');
/** Measured once: a request has to be the same work on each of the stages. */
let workAMs: number | undefined;

console.log(`${limitedSystems.length} systems: a peak at 30 to 90 % of what they carry`);
const { headroom, holds } = await onFreshStage(async (stage) => {
  const systems = scaled(stage, ({ peakShare }) => peakShare);
  const run = await load(stage, 'peak', systems);
  // The gate forecasts nothing from a run whose generator stood still; here that is said above, and seen.
  const generator = { ...run.generator, cpuPercent: null, lateIterations: null };
  const judged = metricsOf(stage, { ...run, generator }, systems);
  const verdict = await runGate({ ...judged, config });
  return { headroom: verdict.headroom, holds: await holdsOf(judged) };
});
const roundsOf = new Map(limitedSystems.map((system) => [system.name, sharesToHold(system)]));
for (const round of [0, 1, 2]) {
  console.log(`hold ${round + 1} of 3, around what was foretold`);
  const more = await onFreshStage(async (stage) => {
    const systems = scaled(stage, ({ name }) => roundsOf.get(name)![round]!);
    return holdsOf(metricsOf(stage, await load(stage, `hold-${round + 1}`, systems), systems));
  });
  for (const [name, found] of more) holds.set(name, [...(holds.get(name) ?? []), ...found]);
}
report(headroom, holds);

/** Shares of the rate that crosses the limit: those of the forecast's interval, or beyond what is proven at least. */
function sharesToHold({ name, peakShare }: LimitedSystem): [number, number, number] {
  const forecast = forecastOf(headroom, name);
  const likely = likelyOf(forecast);
  const { atLeast } = forecast;
  const multiples: [number, number, number] = likely
    ? [likely.low, likely.value, likely.high ?? 1.5 * likely.value]
    : [atLeast, 1.5 * atLeast, 2.2 * atLeast];
  return multiples.map((multiple) => Math.min(atMost, multiple * peakShare)) as [number, number, number];
}

/** A climb's periods are a hold's too: what was used in each, once its metrics are complete. */
async function holdsOf(measured: ReturnType<typeof metricsOf>): Promise<Map<string, Hold[]>> {
  const { systems } = await runBreakpoint(measured);
  return new Map(
    systems.map((found): [string, Hold[]] => {
      const hold = holdOf(found);
      return [found.system, hold ? [hold] : []];
    }),
  );
}

/** Warm environments keep their connections and memory: what a peak has opened would be there in the climb. */
async function onFreshStage<T>(work: (stage: BenchStage) => Promise<T>): Promise<T> {
  await rm(directory, { recursive: true, force: true });
  const stage = await startBenchStage(
    join(directory, 'state'),
    new URL('./forecast.fleet.config.ts', import.meta.url),
  );
  const others: Client[] = [];
  try {
    workAMs ??= await stepsAMs(stage);
    const calibration = { stepsAMs: workAMs, partMiB: await partOfMemory(stage) };
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

/** The fastest of many tries: others have work for the machine, too, and a stage that has just begun has some. */
async function stepsAMs(stage: BenchStage): Promise<number> {
  const tries: number[] = [];
  for (let count = 0; count < 60; count += 1) {
    const startedMs = performance.now();
    await runSql(administratorOf(stage, stage.system), calibrationSql);
    tries.push(performance.now() - startedMs);
  }
  const steps = Math.round(calibrationSteps / Math.min(...tries));
  console.log(
    `  a millisecond of work: ${steps} steps (median of the tries: ${Math.round(calibrationSteps / median(tries))})`,
  );
  return steps;
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

async function load(stage: BenchStage, name: string, systems: readonly SystemDocument[]): Promise<RunFile> {
  const run = await runLoad({
    rampSeconds,
    holdSeconds,
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
      ...monitoredSystem(contract, 'local', system, capacity),
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

function forecastOf(forecasts: readonly SystemHeadroomRecord[], name: string): SystemHeadroomRecord {
  const found = forecasts.find(({ system }) => system === name);
  if (!found) throw new Error(`nothing is foretold of ${name}`);
  return found;
}

function likelyOf({
  resources,
  bindsFirst,
}: SystemHeadroomRecord): SystemHeadroomRecord['resources'][number]['likely'] {
  return resources.find(({ signal }) => signal === bindsFirst)?.likely ?? null;
}

function report(
  forecasts: readonly SystemHeadroomRecord[],
  held: ReadonlyMap<string, readonly Hold[]>,
): void {
  const rows = limitedSystems.map(({ name, crossesPerSecond, peakShare }) => {
    const forecast = forecastOf(forecasts, name);
    const peakPerSecond = crossesPerSecond * peakShare;
    const likely = likelyOf(forecast);
    const names = monitoredSystem(contract, 'local', name, capacity);
    const truth = truthOf(names, config.periodSeconds, held.get(name) ?? []);
    const rate = (multiple: number): number => multiple * peakPerSecond;
    const foretold = likely && {
      value: rate(likely.value),
      low: rate(likely.low),
      high: rate(likely.high ?? Infinity),
    };
    return {
      name,
      truth,
      at: truth.perSecond,
      seen: rate(forecast.seen),
      atLeast: rate(forecast.atLeast),
      forecastBy: forecast.bindsFirst ?? 'none',
      likely: foretold,
      inside: foretold && isInside(truth, foretold.low, foretold.high),
      summary: forecast.summary,
    };
  });
  const short = (value: number | null): string =>
    value === null ? '–' : value === Infinity ? '…' : value.toFixed(1);
  const truthInShort = ({ perSecond, above, below }: Truth): string =>
    perSecond !== null ? short(perSecond) : below < Infinity ? `< ${short(below)}` : `> ${short(above)}`;
  const cells = rows.map(({ name, truth, at, seen, atLeast, forecastBy, likely, inside }) => {
    const error = likely && at !== null ? 100 * (likely.value / at - 1) : null;
    return [
      name,
      at === null ? '–' : `${((100 * seen) / at).toFixed(0)} %`,
      short(atLeast),
      forecastBy,
      likely ? `${short(likely.value)} (${short(likely.low)} to ${short(likely.high)})` : 'not told',
      truthInShort(truth),
      truth.signal ?? 'none',
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
  const told = rows.filter(({ inside }) => inside !== null);
  const inside = told.filter((row) => row.inside).length;
  // Of a truth that lies outside of all holds the error is at least that.
  const errors = told.flatMap(({ likely, truth }) =>
    likely ? [Math.abs(100 * (likely.value / nearestTo(truth) - 1))] : [],
  );
  const bounded = rows.filter(({ truth, atLeast }) => truth.above >= atLeast || truth.below < Infinity);
  const bounds = bounded.filter(({ truth, atLeast }) => nearestTo(truth) >= atLeast);
  const verdictOn = (isMet: boolean): string => (isMet ? 'met' : 'NOT MET');
  console.log(
    `truth inside the interval: ${inside} of ${told.length} (target 9 of 10: ` +
      `${verdictOn(inside >= targets.insideShare * told.length)}); median error ${median(errors).toFixed(0)} % ` +
      `(target ${targets.medianErrorPercent} %: ${verdictOn(median(errors) <= targets.medianErrorPercent)}); ` +
      `at least is not above the truth: ${bounds.length} of ${bounded.length}`,
  );
  for (const { name, summary } of rows) console.log(`${name}: ${summary}`);
}
