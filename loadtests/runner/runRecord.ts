import type { ServiceDefinition } from '../../fleet/service.ts';
import type { PartFile } from '../../records/part.ts';
import type { RunFile } from '../../records/run.ts';
import type { DescribedScript } from './describedScript.ts';
import type { EngineRun, RecorderAsked } from './embedded.ts';
import type { ScriptOptions } from './options.ts';
import { profileOfLoad } from './ownScript.ts';
import type { Pacing, Shape, Timeline } from './profiles.ts';
import { Recorder } from './recorder.ts';
import { mostUsers } from './schedule.ts';
import { seriesSecondsOf } from './seriesSeconds.ts';
import type { Share } from './share.ts';
import type { RecordedWindows, Window } from './window.ts';

/** What a run's record tells of it beside what was measured. */
export interface RunIdentity
  extends Shape, Pick<RunFile, 'runId' | 'profile' | 'stage' | 'place' | 'commit' | 'configurationHash'> {
  release?: string | undefined;
  /** Whose contract may have profiles of its own. */
  service?: Pick<ServiceDefinition, 'profiles'>;
  /** Of a load that was planned elsewhere, without the contract. */
  judged?: RunFile['judged'];
  /** Of a script of a user's; left out for a profile. */
  script?:
    | (Omit<NonNullable<RunFile['script']>, 'unattributed' | 'exceptions'> & { isHeld: boolean })
    | undefined;
  /** The systems under load. */
  systems: readonly string[];
  /** How many systems the run has, of which this is a part; these where left out. */
  ofSystems?: number;
  /** Those that were left out. */
  notLoaded?: RunFile['notLoaded'];
  /** Of the stage's metrics: given, the record tells latencies by their periods too. */
  periodSeconds?: number | undefined;
  firstMessageId: number;
}

/** Where the hold of a run lies that started at this instant. */
export const holdOf = (identity: RunIdentity, startMs: number): Window =>
  plannedWindows(startMs, profileOfLoad(identity).paced, identity).hold;

/**
 * The recorder of what an instance measures of a run that started at this instant.
 * @param toMerge whether that will be put together with what others do; as its share says where left out
 */
export const recorderOf = (
  identity: RunIdentity,
  script: Pick<DescribedScript, 'options' | 'metricTypes'>,
  share: Share,
  startMs: number,
  {
    toMerge = !share.isWhole,
    onSample,
    metricTypes = script.metricTypes,
  }: RecorderAsked & { toMerge?: boolean } = {},
): Recorder => {
  const { paced } = profileOfLoad(identity);
  const seconds = paced?.timeline(identity).endSeconds ?? 0;
  return new Recorder({
    systems: identity.systems,
    startMs,
    windows: plannedWindows(startMs, paced, identity),
    periodSeconds: identity.periodSeconds,
    seriesSeconds: seriesSecondsOf(identity.ofSystems ?? identity.systems.length, seconds, toMerge),
    thresholds: script.options.thresholds,
    metricTypes,
    firstMessageId: identity.firstMessageId,
    toMerge,
    closedLoop: new Set(
      identity.script?.scenarios.flatMap(({ name, scheduled }) => (scheduled === false ? [name] : [])),
    ),
    messagesShareOf: (system) => messagesShareOf(script.options, system, share),
    onSample,
  });
};

/** What an instance has of the iterations that publish to a system's topic. */
function messagesShareOf(
  { scenarios }: Pick<ScriptOptions, 'scenarios'>,
  system: string,
  share: Share,
): Share {
  const publishing = Object.values(scenarios).find(
    ({ tags }) => tags['load'] === 'messages' && tags['system'] === system,
  );
  return (publishing && share.byUsers(mostUsers(publishing))) ?? share;
}

/** The record of a run, or of the part that an instance had of it. */
export function runFileOf(identity: RunIdentity, engine: RunFile['engine'], ended: EngineRun): RunFile {
  const { runId, profile, stage, place, commit, configurationHash, release, notLoaded = [] } = identity;
  const { paced, judged } = profileOfLoad(identity);
  const { startMs, recorder, reason, abortedBy, endedEarly } = ended;
  const endMs = Math.max(startMs, Math.ceil(ended.endMs));
  const { droppedIterations, ...record } = recorder.finish(endMs);
  const { seriesSeconds } = recorder;
  return {
    ...(seriesSeconds === 1 ? { schemaVersion: 1 } : { schemaVersion: 2, seriesSeconds }),
    runId,
    profile,
    paced: paced !== null,
    judged,
    ...scriptOf(identity, ended),
    stage,
    place,
    engine,
    commit,
    configurationHash,
    ...(release === undefined ? {} : { release }),
    windows: windowsOf(startMs, endMs, paced?.timeline(identity)),
    ...(notLoaded.length > 0 ? { notLoaded } : {}),
    ...record,
    generator: {
      cpuPercent: ended.cpuPercent,
      lateIterations: ended.lateness?.iterations ?? null,
      ...(ended.lateness ? { lateMs: ended.lateness.byMs } : {}),
      droppedIterations,
    },
    complete: reason === null,
    reason,
    ...(abortedBy ? { abortedBy } : {}),
    ...(endedEarly === null ? {} : { endedEarly }),
  };
}

const scriptOf = ({ script }: RunIdentity, { recorder, exceptions }: EngineRun): Pick<RunFile, 'script'> =>
  script
    ? {
        script: {
          sha256: script.sha256,
          scenarios: script.scenarios,
          unattributed: { ...recorder.unattributed },
          ...(exceptions !== undefined && { exceptions }),
        },
      }
    : {};

/** What `headroom collect` takes of an instance. */
export const partFileOf = (share: Share, run: RunFile, { recorder, lateness }: EngineRun): PartFile => ({
  schemaVersion: 2,
  segment: share.segment,
  sequence: share.sequence,
  run,
  ...recorder.part(),
  lateness: lateness?.values ?? null,
});

/** That of all systems; undefined where one says none or another. */
export function releaseOf(systems: readonly { release?: string | undefined }[]): string | undefined {
  const [first, ...others] = new Set(systems.map(({ release }) => release));
  return others.length > 0 ? undefined : first;
}

/** As planned; where iterations are not paced the hold is the whole run. */
function plannedWindows(startMs: number, paced: Pacing | null, shape: Shape): RecordedWindows {
  if (!paced) return { hold: { startMs, endMs: Number.POSITIVE_INFINITY } };
  const { before, hold, after } = paced.timeline(shape);
  const between = ({ from, to }: Timeline['hold']): Window => ({
    startMs: startMs + from * 1_000,
    endMs: startMs + to * 1_000,
  });
  return {
    hold: between(hold),
    ...(before ? { before: between(before) } : {}),
    ...(after ? { after: between(after) } : {}),
  };
}

/** As planned, and no longer than the run was. */
function windowsOf(startMs: number, endMs: number, timeline: Timeline | undefined): RunFile['windows'] {
  const at = (seconds: number): number => Math.min(startMs + seconds * 1_000, endMs);
  const between = ({ from, to }: Timeline['hold']) => windowOf(at(from), at(to));
  const run = windowOf(startMs, endMs);
  if (!timeline) return { run, ramp: windowOf(startMs, startMs), hold: run };
  const { before, ramp, hold, after } = timeline;
  return {
    run,
    ramp: between(ramp),
    hold: between(hold),
    ...(before ? { before: between(before) } : {}),
    ...(after ? { after: between(after) } : {}),
  };
}

const windowOf = (startMs: number, endMs: number): { start: string; end: string } => ({
  start: new Date(startMs).toISOString(),
  end: new Date(endMs).toISOString(),
});
