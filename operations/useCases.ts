import { join, relative } from 'node:path';
import { drillNamed } from '../chaos/drills/index.ts';
import type { DrillResult } from '../records/drill.ts';
import { runDrill } from '../chaos/runDrill.ts';
import { type DrillOptions } from '../chaos/drillOptions.ts';
import { connectionLimitOf, stageOf, type Fleet } from '../fleet/fleet.ts';
import { runsDirectoryOf } from '../records/runFolder.ts';
import { whileRunning } from '../records/runningMarkers.ts';
import { monitoredSystem } from '../fleet/names.ts';
import { breakpointRecord, type BreakpointFile } from '../records/breakpoint.ts';
import type { MetricsOptions } from '../loadtests/gate/completeMetrics.ts';
import { recoveryOf } from '../loadtests/gate/recovery.ts';
import { recoveryRecord, type RecoveryFile } from '../records/recovery.ts';
import { runBreakpoint } from '../loadtests/gate/runBreakpoint.ts';
import { runGate } from '../loadtests/gate/runGate.ts';
import type { JudgedSystem } from '../loadtests/gate/judge.ts';
import { verdictRecord, type VerdictFile } from '../records/verdict.ts';
import { peaksProvenBy } from '../loadtests/gate/provenPeaks.ts';
import { writeBreakpoint, writeRecovery, writeVerdict } from '../loadtests/gate/writeAnswers.ts';
import type { RunFile } from '../records/run.ts';
import { profileNamed, runLoad, type LoadOptions, type Timeline } from '../loadtests/runner/load.ts';
import { discoverSystems } from '../fleet/discovery.ts';
import { limits } from '../monitoring/limits.ts';
import { recordProvenPeak } from '../monitoring/provenPeak.ts';
import type { SystemDocument } from '../fleet/systemDocument.ts';
import type { Clock } from '../core/clock.ts';
import type { Connection } from './connection.ts';
import type { OperationContext } from './context.ts';
import { UsageError } from './errors.ts';

/** A stage that answers, and what is known of it. */
export interface Target {
  stage: string;
  fleet: Fleet;
  configurationHash: string;
  connection: Connection;
  systems: SystemDocument[];
}

/**
 * Every system of the stage, or the named ones.
 * @throws UsageError naming what there is when one isn't there.
 */
export async function findSystems({ ssm }: Connection['clients'], stage: string, names: readonly string[]) {
  const systems = await discoverSystems(ssm, stage);
  const unknown = names.find((name) => !systems.some(({ system }) => system === name));
  if (unknown !== undefined) {
    const known = systems.map(({ system }) => system).join(', ');
    throw new UsageError(`no system "${unknown}" in stage "${stage}"; expected one of ${known}`);
  }
  return names.length === 0 ? systems : systems.filter(({ system }) => names.includes(system));
}

export type ProfileOptions = Pick<LoadOptions, 'profile' | 'engine' | 'rampSeconds' | 'holdSeconds'> &
  Pick<Partial<LoadOptions>, 'rateScale'>;

/** Runs a load profile; its record stands in `directory/run.json`. */
export async function loadStep(
  context: OperationContext,
  target: Target,
  profile: ProfileOptions,
  directory: string,
): Promise<RunFile> {
  const { clock, signal, output, stateDirectory } = context;
  const { stage, configurationHash, connection, systems } = target;
  const { paced } = profileNamed(profile.profile);
  const timeline = paced?.timeline(profile);
  const credentials = await connection.clients.sns.config.credentials();
  refuseExpiring(credentials.expiration, clock, timeline?.endSeconds ?? 0);
  const options: LoadOptions = {
    ...profile,
    stage,
    place: connection.place,
    systems,
    sns: connection.clients.sns,
    runDirectory: directory,
    configurationHash,
    commit: await context.currentCommit(),
    credentials,
    clock,
    signal,
    onProgress: output.progress,
  };
  const running = {
    kind: 'load' as const,
    name: profile.profile,
    plannedSeconds: timeline ? plannedOf(timeline, paced?.hasHold ?? false) : null,
  };
  return whileRunning(stateDirectory, { ...running, ...placeOf(target, directory, context) }, () =>
    runLoad(options),
  );
}

/** What the console tells of a run under way. */
const plannedOf = ({ hold, endSeconds }: Timeline, hasHold: boolean) =>
  hasHold ? { ramp: hold.from, hold: hold.to - hold.from } : { ramp: endSeconds, hold: 0 };

/**
 * The requests are signed with these credentials to the end.
 * @throws UsageError when they end before the run would
 */
function refuseExpiring(expiration: Date | undefined, clock: Clock, seconds: number): void {
  if (expiration === undefined || expiration.getTime() > clock.now() + seconds * 1_000) return;
  throw new UsageError(
    `these credentials end at ${expiration.toISOString()}, before the ${seconds} s of this run are over: ` +
      'log in for longer, or hold for less.',
  );
}

/** What gate and breakpoint read the stage's metrics with. */
function metricsOptions(
  { clock, signal, output }: OperationContext,
  target: Target,
  run: RunFile,
): MetricsOptions {
  const { stage, fleet, connection } = target;
  return {
    run,
    systems: judgedSystems(target),
    cloudWatch: connection.clients.cloudWatch,
    clock,
    periodSeconds: stageOf(fleet, stage).periodSeconds,
    metricDelaySeconds: limits.metricDelaySeconds[connection.place],
    onProgress: output.progress,
    signal,
  };
}

/** Says whether the systems recovered from a spike, in `directory/recovery.json`; undefined for another profile. */
export async function recoveryStep(
  { output }: OperationContext,
  run: RunFile,
  directory: string,
): Promise<RecoveryFile | undefined> {
  const recovery = recoveryOf(run);
  if (!recovery) return undefined;
  const path = join(directory, recoveryRecord.fileName);
  await writeRecovery(path, recovery);
  output.progress(`recovery: ${path}`);
  return recovery;
}

/** Says at which rate a climb crossed the first limit; the answer stands beside it in `directory/breakpoint.json`. */
export async function breakpointStep(
  context: OperationContext,
  target: Target,
  run: RunFile,
  directory: string,
): Promise<BreakpointFile> {
  const path = join(directory, breakpointRecord.fileName);
  const answer = await runBreakpoint(metricsOptions(context, target, run));
  const standing = await writeBreakpoint(path, answer);
  context.output.progress(
    standing === answer
      ? `breakpoint: ${path}`
      : `${path} keeps the earlier answer of ${standing.answeredAt}`,
  );
  return answer;
}

/**
 * Judges a run; the verdict stands beside it in `directory/verdict.json`. A pass on AWS is recorded as the
 * systems' proven peak, which an alarm compares production with.
 */
export async function gateStep(
  context: OperationContext,
  target: Target,
  run: RunFile,
  directory: string,
): Promise<VerdictFile> {
  const { stage, fleet, connection } = target;
  const { output } = context;
  const config = stageOf(fleet, stage);
  const verdict = await runGate({
    ...metricsOptions(context, target, run),
    sizes: {
      'database.nodes': config.database.nodes,
      'connections (database.nodeType)': connectionLimitOf(config),
      'api.memoryMiB': config.api.memoryMiB,
      'api.reservedConcurrency': config.api.reservedConcurrency,
    },
  });
  const path = join(directory, verdictRecord.fileName);
  const standing = await writeVerdict(path, verdict);
  output.progress(
    standing === verdict
      ? `verdict: ${path}`
      : `${path} keeps the earlier verdict, ${standing.verdict} of ${standing.judgedAt}`,
  );
  for (const [system, peak] of peaksProvenBy(run, verdict)) {
    await recordProvenPeak(connection.clients.ssm, stage, system, peak);
    output.progress(`${system}: proven up to ${peak.requestsPerSecond} requests a second`);
  }
  return verdict;
}

/**
 * Every configured system and every deployed one: what is missing from the stage is judged too, without
 * data, and so never passes.
 */
function judgedSystems({ stage, fleet, systems }: Target): JudgedSystem[] {
  const config = stageOf(fleet, stage);
  const deployed = new Map(systems.map((document) => [document.system, document]));
  const configured = new Map(fleet.systems.map((system) => [system.name, system.expectedPeak]));
  return [...new Set([...configured.keys(), ...deployed.keys()])].sort().map((name) => ({
    ...monitoredSystem(stage, name, {
      connectionLimit: deployed.get(name)?.cluster.connectionLimit ?? connectionLimitOf(config),
      apiReservedConcurrency: config.api.reservedConcurrency,
    }),
    expectedRequestsPerSecond:
      (configured.get(name) ?? deployed.get(name)?.expectedPeak)?.requestsPerSecond ?? 0,
  }));
}

/** Runs a drill; journal and result stand in `directory`. */
export async function drillStep(
  context: OperationContext,
  target: Target,
  name: string,
  directory: string,
  confirmProd?: string,
): Promise<DrillResult> {
  const { clock, random, signal, output, stateDirectory } = context;
  const { stage, fleet, configurationHash, connection, systems } = target;
  const options: DrillOptions = {
    drill: drillNamed(name),
    stage,
    place: connection.place,
    systems,
    clients: connection.clients,
    periodSeconds: stageOf(fleet, stage).periodSeconds,
    load: {
      run: runLoad,
      credentials: await connection.clients.sns.config.credentials(),
      configurationHash,
      commit: await context.currentCommit(),
    },
    directory,
    clock,
    random,
    signal,
    onProgress: output.progress,
    ...(confirmProd === undefined ? {} : { confirmProd }),
  };
  const running = { kind: 'drill' as const, name, plannedSeconds: null };
  return whileRunning(stateDirectory, { ...running, ...placeOf(target, directory, context) }, () =>
    runDrill(options),
  );
}

/** Where and since when something runs, for the console of the stage on this machine. */
const placeOf = (
  { stage, connection }: Target,
  directory: string,
  { clock, stateDirectory }: OperationContext,
) => ({
  stage,
  place: connection.place,
  runId: relative(runsDirectoryOf(stateDirectory), directory),
  startedAt: new Date(clock.now()).toISOString(),
});
