import { fork, type ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { guardChild } from '../../core/process/childGuard.ts';
import { partKind, type PartFile } from '../../records/part.ts';
import { readRecord, recordOrNull } from '../../records/recordFile.ts';
import type { RunFile } from '../../records/run.ts';
import { mergeParts } from '../collect/mergeParts.ts';
import { InstanceError } from '../errors.ts';
import { evenSegments } from './executionSegment.ts';
import { progressLine, reasonOf } from './embedded.ts';
import type { FromInstance, InstanceOptions, ToInstance } from './instanceMessages.ts';
import { prepareLoad, whileWatched, type LoadOptions } from './load.ts';
import type { Totals } from './recorder.ts';
import { writeRunFile } from './writeRun.ts';

/** Between the last instance's being ready and the start of all: their users are made meanwhile. */
const headStartMs = 500;
const progressEveryMs = 5_000;
/** How long an instance may take to end once it is told to: k6 has 15 s of it. */
const stopGraceMs = 25_000;

/**
 * Runs a load profile as so many processes of this machine, each with its execution segment: started at one instant,
 * stopped together, also where one of them dies. Their parts become the one record in `run.json`.
 * @throws InstanceError when none of them left a part
 * @throws what `runLoad` does before a run
 */
export async function runInstances(options: LoadOptions, count: number): Promise<RunFile> {
  const { clock, signal = new AbortController().signal, onProgress = () => undefined } = options;
  const runDirectory = resolve(options.runDirectory);
  const { k6Path, systems, notLoaded, snsUrl, firstMessageId } = await prepareLoad(options, true);
  const folder = join(runDirectory, 'instances');
  const { segments, sequence } = evenSegments(count);
  const instances = segments.map((segment, index) => {
    const own: InstanceOptions = {
      ...sharedOf(options),
      snsUrl,
      firstMessageId,
      systems,
      engine: k6Path === null ? 'embedded' : 'k6',
      runDirectory: join(folder, String(index + 1)),
    };
    // What k6's instances say they all say: one of them is enough to follow.
    const onLine = k6Path === null || index === 0 ? onProgress : () => undefined;
    const instance = new Instance(`instance ${index + 1} of ${count}`, segment, sequence, own, onLine);
    // k6's start, and so what belongs to the run, is known some seconds later.
    if (k6Path === null) instance.totals = { requests: 0, failed: 0, messages: 0, dropped: 0 };
    return instance;
  });
  const tellAll = (message: ToInstance): void => instances.forEach((instance) => instance.tell(message));
  const stop = (): void => tellAll({ kind: 'stop', reason: reasonOf(signal) });
  const enough = new AbortController();
  enough.signal.addEventListener('abort', () => tellAll({ kind: 'enough', reason: reasonOf(enough.signal) }));
  signal.addEventListener('abort', stop, { once: true });
  for (const instance of instances) {
    void instance.died.then((why) => {
      if (why === null) return;
      onProgress(`${why}: the others are stopped`);
      tellAll({ kind: 'stop', reason: why });
    });
  }
  let progress: NodeJS.Timeout | undefined;
  try {
    await Promise.all(instances.map((instance) => instance.ready));
    const startMs = Math.ceil(clock.now()) + headStartMs;
    tellAll({ kind: 'start', atMs: startMs });
    if (signal.aborted) stop();
    const say = (): void => {
      const told = instances.flatMap(({ totals }) => totals ?? []);
      if (told.length === count) onProgress(progressLine(clock.now() - startMs, sumOf(told)));
    };
    progress = setInterval(say, progressEveryMs);
    await whileWatched(options, enough, () => Promise.all(instances.map((instance) => instance.ended)));
  } finally {
    clearInterval(progress);
    signal.removeEventListener('abort', stop);
  }
  const parts: PartFile[] = [];
  for (const index of instances.keys()) {
    const part = recordOrNull(await readRecord(partKind, join(folder, String(index + 1), partKind.fileName)));
    if (part) parts.push(part);
  }
  const why = (await Promise.all(instances.map((instance) => instance.died))).filter((each) => each !== null);
  if (parts.length === 0) throw new InstanceError(why.join('; '));
  const merged = mergeParts(basename(runDirectory), parts);
  const run = {
    ...merged,
    ...(notLoaded.length > 0 ? { notLoaded } : {}),
    reason: [merged.reason, ...why].filter((each) => each !== null).join('; ') || null,
  };
  await writeRunFile(runDirectory, run);
  await rm(folder, { recursive: true });
  return run;
}

const sharedOf = (
  options: LoadOptions,
): Omit<InstanceOptions, 'engine' | 'runDirectory' | 'firstMessageId' | 'systems'> => ({
  profile: options.profile,
  ...(options.script ? { script: options.script } : {}),
  stage: options.stage,
  place: options.place,
  service: options.service,
  rampSeconds: options.rampSeconds,
  holdSeconds: options.holdSeconds,
  ...(options.rateScale === undefined ? {} : { rateScale: options.rateScale }),
  ...(options.periodSeconds === undefined ? {} : { periodSeconds: options.periodSeconds }),
  configurationHash: options.configurationHash,
  commit: options.commit,
  credentials: options.credentials,
  ...(options.callerHeaders === undefined ? {} : { callerHeaders: options.callerHeaders }),
});

function sumOf(told: readonly Totals[]): Totals {
  const sum = (of: keyof Totals): number => told.reduce((all, totals) => all + totals[of], 0);
  return {
    requests: sum('requests'),
    failed: sum('failed'),
    messages: sum('messages'),
    dropped: sum('dropped'),
  };
}

/** A process with its part of the load. */
class Instance {
  /** Null until it is known what it has done. */
  totals: Totals | null = null;
  /** It has prepared all, or is gone. */
  readonly ready: Promise<void>;
  /** Its process is gone. */
  readonly ended: Promise<void>;
  /** Why it ended without its part; null where it left one. */
  readonly died: Promise<string | null>;
  readonly #child: ChildProcess;
  #kill: NodeJS.Timeout | undefined;

  constructor(
    name: string,
    segment: string,
    sequence: string,
    options: InstanceOptions,
    onLine: (line: string) => void,
  ) {
    // A group of its own: a terminal's Ctrl-C reaches it through us, so that it ends in good order.
    const child = fork(fileURLToPath(new URL('instance.ts', import.meta.url)), { detached: true });
    this.#child = child;
    const guard = child.pid === undefined ? undefined : guardChild(child.pid, 'KILL');
    const ready = Promise.withResolvers<void>();
    let failure: string | null = null;
    let done = false;
    child.on('message', (message: FromInstance) => {
      switch (message.kind) {
        case 'ready':
          return ready.resolve();
        case 'ended':
          done = true;
          return;
        case 'totals':
          this.totals = message.totals;
          return;
        case 'line':
          return onLine(`${name}: ${message.text}`);
        case 'failed':
          failure = message.text;
      }
    });
    const gone = Promise.withResolvers<string>();
    child.once('exit', (code, signalName) => gone.resolve(signalName ?? `exit code ${code}`));
    child.once('error', (error) => gone.resolve(error.message));
    this.died = gone.promise.then((how) => {
      guard?.release();
      clearTimeout(this.#kill);
      ready.resolve();
      return done ? null : `${name} (${segment}) ended: ${failure ?? how}`;
    });
    this.ended = this.died.then(() => undefined);
    this.ready = ready.promise;
    this.tell({ kind: 'prepare', options, segment, sequence });
  }

  tell(message: ToInstance): void {
    if (!this.#child.connected) return;
    this.#child.send(message, () => undefined);
    if (message.kind === 'stop') {
      this.#kill ??= setTimeout(() => this.#child.kill('SIGKILL'), stopGraceMs).unref();
    }
  }
}
