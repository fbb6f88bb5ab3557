import { basename, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SNSClient } from '@aws-sdk/client-sns';
import { loadService, type ServiceDefinition } from '../../fleet/service.ts';
import type { PublishedDocument } from '../../fleet/systemDocument.ts';
import type { Clock } from '../../core/clock.ts';
import { describeError } from '../../core/describeError.ts';
import { limits } from '../../monitoring/limits.ts';
import { K6Error, RunTooLongError, SeedError } from '../errors.ts';
import type { Credentials } from '../k6/lib/sigv4.ts';
import type { RunFile } from '../../records/run.ts';
import type { Totals } from './recorder.ts';
import { watchClock } from './clockWatch.ts';
import type { EngineContext, EngineRun } from './embedded.ts';
import { readyEngine, type ReadyEngine } from './engines.ts';
import { findCommand, findK6 } from './k6Launcher.ts';
import { profileOfLoad, readOwnScript, type OwnScript } from './ownScript.ts';
import { endedBeforeHold, refuseUnjudgeable } from './ownScriptChecks.ts';
import { messagesBeside, withMessages, type MessagesBeside } from './messagesBeside.ts';
import { profileNamed, publishProfile, scriptOf, type Timeline } from './profiles.ts';
import type { RequestSample } from './requests.ts';
import { holdOf, partFileOf, recorderOf, releaseOf, runFileOf, type RunIdentity } from './runRecord.ts';
import { ownScriptEnvironment, scriptEnvironment, takesMessages } from './scriptEnvironment.ts';
import { seed } from './seed.ts';
import { mostSeconds } from './seriesSeconds.ts';
import { wholeShare, type Share } from './share.ts';
import { snsUrlOf } from './snsUrl.ts';
import { prepareRunDirectory, writePartFile, writeRunFile } from './writeRun.ts';

export {
  backgroundProfileOf,
  defaultShape,
  evidenceProfileOf,
  isProfile,
  profileNamed,
  profiles,
  profilesThat,
  scriptOf,
  smokeProfile,
  type Profile,
  type Shape,
  type Timeline,
} from './profiles.ts';
export { nameOfScript, profileOf, profileOfLoad, type OwnScript } from './ownScript.ts';
export type { RequestSample } from './requests.ts';
export { takesMessages } from './scriptEnvironment.ts';

export interface LoadOptions {
  /** A profile's name; of a script of a user's its file's. */
  profile: string;
  /** Given, it is run in place of a profile. */
  script?: OwnScript;
  /** Whether the messages that the systems expect are left out beside a script: it then sends all that they get. */
  withoutMessages?: boolean;
  stage: string;
  place: 'local' | 'aws';
  /** What the systems run. */
  service: ServiceDefinition;
  /** The systems under load, each at its expected peak. */
  systems: readonly PublishedDocument[];
  /** `auto`: k6 where its binary is on PATH, the embedded engine otherwise. */
  engine: 'auto' | 'embedded' | 'k6';
  /** Of a paced profile, as far as it takes them; another one runs until it has sent everything. */
  rampSeconds: number;
  holdSeconds: number;
  /** What this process has of the run; all of it where left out. */
  share?: Share;
  /** Factor on every system's expected peak; the profile's own when left out. */
  rateScale?: number;
  /** Of the stage's metrics and alarms: given, the record tells latencies by their periods too. */
  periodSeconds?: number;
  /** Where `run.json` goes; the directory's name is the run's id. */
  runDirectory: string;
  configurationHash: string;
  commit: string | null;
  /** What the requests are signed with. */
  credentials: Credentials;
  /** By system, headers by which its callers show that they may: of an adopted one instead of a signature, else beside it. */
  callerHeaders?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /**
   * Given, what the profile asks for is seeded first where it is missing, and the messages that the
   * systems expect go to where it publishes; without it none are sent.
   */
  sns?: SNSClient;
  /** Where it publishes, by a process that leaves the seeding to another. */
  snsUrl?: string | undefined;
  /** Its messages have the ids from there on; where left out, from the first that are set apart for loads. */
  firstMessageId?: number;
  clock: Clock;
  /** Stops the run gracefully; its reason (an Error's message) becomes the run file's. */
  signal?: AbortSignal;
  /**
   * Watches the run from its start on, until `over` aborts: a reason that it returns ends the run before its time, as
   * was meant.
   */
  watch?: (startMs: number, over: AbortSignal) => Promise<string | null>;
  /** Given, it starts then, in milliseconds since the epoch: asked once all is prepared. */
  startsAt?: () => Promise<number>;
  onProgress?: (line: string) => void;
  /** Given, it is told what a script's `handleSummary` shows, and `onProgress` is not (embedded engine). */
  onOutput?: (text: string) => void;
  /** Given, it is told how far the run has come, and `onProgress` is not; of k6 once its start is known. */
  onTotals?: (totals: Readonly<Totals>) => void;
  /** Every request with its checks, as it ends; by k6 up to a second later. */
  onSample?: (sample: RequestSample) => void;
}

/**
 * Runs a load profile, or a script of a user's, and writes its record to `run.json`; that of an instance which has a
 * share of it to `part.json`.
 * @throws UnknownProfileError naming the profiles there are
 * @throws K6Error when k6 is asked for and missing, or fails by itself
 * @throws SeedError when what is seeded arrives at no system; one that it does not arrive at is left out, and told
 * @throws FileWriteError when the record cannot be written
 * @throws RunTooLongError when no file could hold the record; the signal's reason when that aborts before the start
 * @throws ScriptError UnsupportedError ThresholdError when the script is at fault
 */
export async function runLoad(options: LoadOptions): Promise<RunFile> {
  const { clock, onProgress = () => undefined, signal = new AbortController().signal } = options;
  const { share = wholeShare } = options;
  const runDirectory = resolve(options.runDirectory);
  const { k6Path, own, systems, notLoaded, snsUrl, firstMessageId } = await prepareLoad(
    options,
    !share.isWhole,
  );
  const loaded = { ...options, systems };
  const engine = own?.engine ?? (await readyProfile(loaded, k6Path, snsUrl, firstMessageId));
  const messages = await readyMessages(loaded, snsUrl, firstMessageId);
  const { script } = engine;
  const identity: RunIdentity = {
    ...options,
    runId: basename(runDirectory),
    release: releaseOf(systems),
    systems: systems.map(({ system }) => system),
    notLoaded,
    firstMessageId,
    script: own?.identity,
  };
  const enough = new AbortController();
  const context: Omit<EngineContext, 'script' | 'setupData'> = {
    share,
    clock,
    signal,
    enough: enough.signal,
    tags: own?.tags,
    onProgress,
    onTotals: options.onTotals,
    onSample: options.onSample,
    onBegun: messages ? () => messages.begin() : undefined,
    toleratesExceptions: own !== undefined,
    onOutput: options.onOutput,
    holdFrom: (startMs) => holdOf(identity, startMs),
    recorderFrom: (startMs, more) => recorderOf(identity, script, share, startMs, more),
  };

  await engine.prepare(share, signal);
  context.startMs = await options.startsAt?.();
  if (k6Path !== null && context.startMs !== undefined) {
    await delay(Math.max(0, context.startMs - clock.now()), undefined, { signal }).catch(() => undefined);
  }
  const stepped = watchClock(clock);
  let ended: EngineRun;
  let sent: RunFile | null = null;
  try {
    ended = await whileWatched(options, enough, () => engine.run(context));
  } finally {
    sent = (await messages?.end()) ?? null;
  }
  const cut = own?.identity.isHeld === true ? endedBeforeHold(ended, script.options, options) : null;
  const alone = runFileOf(identity, engine.engine, { ...ended, reason: ended.reason ?? stepped() ?? cut });
  const run = withMessages(alone, sent);
  if (share.isWhole) await writeRunFile(runDirectory, run);
  else await writePartFile(runDirectory, partFileOf(share, run, ended));
  return run;
}

/** @throws ScriptError UnsupportedError ThresholdError */
async function readyProfile(
  options: LoadOptions,
  k6Path: string | null,
  snsUrl: string | undefined,
  firstMessageId: number,
): Promise<ReadyEngine> {
  const { onProgress = () => undefined, service, profile } = options;
  const { paced } = profileNamed(profile, service.profiles);
  const asked = {
    path: scriptOf(service, profile),
    env: {
      ...scriptEnvironment(options, paced, snsUrl, firstMessageId),
      ...callerVariables(options),
    },
    isOwn: false,
    runDirectory: resolve(options.runDirectory),
  };
  return await readyEngine(k6Path, asked, onProgress);
}

/** What a script with a hold is run beside; null where no system expects a message, or none are wanted. */
async function readyMessages(
  options: LoadOptions,
  snsUrl: string | undefined,
  firstMessageId: number,
): Promise<MessagesBeside | null> {
  const { script, clock, share = wholeShare, withoutMessages = false } = options;
  const { signal = new AbortController().signal } = options;
  // Of a part of a script nobody would know which part of the messages goes with it.
  if (!script?.isHeld || withoutMessages || snsUrl === undefined || !share.isWhole) return null;
  const systems = options.systems.filter(
    (document) => document.expectedPeak.messagesPerSecond > 0 && takesMessages(document),
  );
  if (systems.length === 0) return null;
  const { script: _script, onProgress: _onProgress, ...rest } = options;
  const publish: LoadOptions = { ...rest, systems, profile: publishProfile };
  const engine = await readyProfile(publish, null, snsUrl, firstMessageId);
  const identity: RunIdentity = {
    ...publish,
    script: undefined,
    runId: basename(options.runDirectory),
    systems: systems.map(({ system }) => system),
    ofSystems: options.systems.length,
    firstMessageId,
  };
  return messagesBeside(engine, identity, { clock, signal });
}

/** A script of a user's that is read and may run. */
interface ReadyOwnScript {
  engine: ReadyEngine;
  identity: NonNullable<RunIdentity['script']>;
  /** Of everything that it measures. */
  tags: Readonly<Record<string, string>>;
}

/**
 * Reads a script of a user's by the engine that is to run it.
 * @throws ScriptError where it cannot be loaded, or where the gate would say nothing of it though it is to be judged
 * @throws UnsupportedError ThresholdError K6Error
 */
async function readyOwnScript(
  options: LoadOptions & { script: OwnScript },
  k6Path: string | null,
): Promise<ReadyOwnScript> {
  const { script: own, systems, onProgress = () => undefined } = options;
  const { path, isHeld, isUnjudged } = own;
  const { text, sha256 } = await readOwnScript(path);
  const asked = {
    path,
    env: { ...ownScriptEnvironment(options), ...callerVariables(options) },
    isOwn: true,
    runDirectory: resolve(options.runDirectory),
  };
  const engine = await readyEngine(k6Path, asked, onProgress);
  if (!isUnjudged) refuseUnjudgeable(engine.script, { ...options, text });
  const [only, ...others] = systems;
  return {
    engine,
    identity: {
      isHeld,
      sha256,
      scenarios: engine.script.scenarios.map(({ name, executor, scheduled }) => ({
        name,
        executor,
        scheduled,
      })),
    },
    tags: only && others.length === 0 ? { system: only.system } : {},
  };
}

type NotLoaded = NonNullable<RunFile['notLoaded']>;

/**
 * The k6 that the options ask for; null where it is the embedded engine.
 * @throws K6Error when it is missing, or the system lacks what is needed to follow it
 */
async function engineAt({ engine }: LoadOptions): Promise<string | null> {
  if (engine === 'embedded') return null;
  const { PATH = '' } = process.env;
  const path = await findK6(PATH);
  if (engine === 'k6' && path === null) {
    throw new K6Error('not found on PATH: install it, or use --engine embedded', null);
  }
  // A file instead would take 4 KB of the disk for each request, and tell nothing before the end.
  if (path !== null && (await findCommand('mkfifo', PATH)) === null) {
    throw new K6Error(
      'its points are read through a named pipe, and there is no mkfifo on PATH to make one: use --engine embedded',
      null,
    );
  }
  return path;
}

/** A load of which all is there that it needs. */
interface PreparedLoad {
  /** Null for the embedded engine. */
  k6Path: string | null;
  /** Read for the systems that are loaded. */
  own: ReadyOwnScript | undefined;
  /** The systems that the load goes on with, and those that could not be prepared. */
  systems: readonly PublishedDocument[];
  notLoaded: NotLoaded;
  snsUrl?: string;
  firstMessageId: number;
}

/**
 * What is done once for a load, however many processes run it: the script's mistakes are said, before anything is made;
 * then come its folder, and the rows that it asks for.
 * @param toMerge whether several processes share it
 * @throws RunTooLongError FileWriteError SeedError K6Error ScriptError UnsupportedError ThresholdError
 */
export async function prepareLoad(options: LoadOptions, toMerge: boolean): Promise<PreparedLoad> {
  const k6Path = await engineAt(options);
  const read = async (systems: LoadOptions['systems']): Promise<ReadyOwnScript | undefined> =>
    options.script && (await readyOwnScript({ ...options, script: options.script, systems }, k6Path));
  const own = await read(options.systems);
  const profile = profileOfLoad(options);
  if (profile.paced) refuseTooLong(options, profile.paced.timeline(options), toMerge);
  await prepareRunDirectory(resolve(options.runDirectory));
  const snsUrl = options.snsUrl ?? (options.sns && (await snsUrlOf(options.sns)));
  let notLoaded: NotLoaded = [];
  if (profile.seeded && options.sns) {
    const { load } = await loadService(options.service);
    const failed = await seed({ ...options, service: load, sns: options.sns });
    notLoaded = failed.map(({ system, error }) => ({
      system,
      reason: error instanceof SeedError ? error.message : describeError(error),
    }));
    for (const { system, reason } of notLoaded) {
      options.onProgress?.(`${reason}: the load continues without ${system}`);
    }
  }
  const systems = options.systems.filter(({ system }) => !notLoaded.some((one) => one.system === system));
  return {
    k6Path,
    // What it was told of those that are left out it must not keep.
    own: notLoaded.length === 0 ? own : await read(systems),
    systems,
    notLoaded,
    ...(snsUrl === undefined ? {} : { snsUrl }),
    firstMessageId: options.firstMessageId ?? limits.messageIds.first,
  };
}

/** Runs while somebody watches, who may say that it is enough. */
export async function whileWatched<T>(
  { watch, clock, onProgress }: LoadOptions,
  enough: AbortController,
  run: () => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const watching = watch?.(clock.now(), over.signal).then((reason) => {
    if (reason === null || over.signal.aborted) return;
    onProgress?.(`${reason}: the load ends`);
    enough.abort(new Error(reason));
  });
  try {
    return await run();
  } finally {
    over.abort();
    await watching;
  }
}

function refuseTooLong({ systems }: LoadOptions, { endSeconds }: Timeline, toMerge: boolean): void {
  const seconds = systems.length * endSeconds;
  const most = mostSeconds(toMerge);
  if (seconds <= most) return;
  throw new RunTooLongError(
    `${systems.length} systems over ${endSeconds} s are ${seconds} seconds to keep, at most ` +
      `${most} are possible; hold for less, or load fewer systems`,
  );
}

/** By what callers show that they may. */
const callerVariables = ({
  credentials: { accessKeyId, secretAccessKey, sessionToken },
  callerHeaders = {},
}: Pick<LoadOptions, 'credentials' | 'callerHeaders'>) => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  // Set even when empty: a token left over in the environment would not belong to this key.
  AWS_SESSION_TOKEN: sessionToken ?? '',
  HEADROOM_HEADERS: JSON.stringify(callerHeaders),
});
