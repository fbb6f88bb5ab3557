import { isMainThread, Worker } from 'node:worker_threads';

/** So many looks in a row see nothing go on before it is a standstill: one alone may be a machine that was asleep. */
const looks = 20;

/**
 * Watches from a thread of its own, since the one that loops can do nothing: where no timer has run there for long it
 * has what runs there given up, as a debugger does, and tells.
 */
const watcher = `
  const { Session } = require('node:inspector');
  const { parentPort, workerData: { beats, everyMs } } = require('node:worker_threads');
  const counted = new Int32Array(beats);
  let seen = -1;
  let still = 0;
  let session = null;
  setInterval(() => {
    const now = Atomics.load(counted, 0);
    still = now === seen ? still + 1 : 0;
    seen = now;
    // More than one user may be about to do the same.
    if (still < Atomics.load(counted, 1)) return;
    if (session === null) {
      session = new Session();
      session.connectToMainThread();
    }
    session.post('Runtime.terminateExecution', () => parentPort.postMessage(null));
  }, everyMs);
`;

/** What may go on without an end, in milliseconds. */
export interface ScriptBounds {
  /** The init context of an instance: longer than the largest files take to read. */
  initMs: number;
  /** A stretch of its code that waits for nothing, where users share a thread: all of them wait for it. */
  standstillMs: number;
}

/** What takes too long, as its error says it. */
export const tooLong = {
  code: (ms: number): string => `its code did not return for ${ms / 1_000} s: does it loop without end?`,
  init: (ms: number): string =>
    `its init context takes longer than ${ms / 1_000} s: does it loop without end?`,
};

export interface Standstill {
  /** Aborts once code on this thread was given up that had not returned for too long. */
  signal: AbortSignal;
  /** Loads an instance, which may take `initMs`, whatever was loaded before it. */
  whileLoading(load: () => void): void;
  stop(): Promise<void>;
}

/**
 * Bounds what runs on this thread without ever returning, which no timer of its own can. What it was called from is gone
 * with it, up to the next turn of the event loop, and never goes on: who waits for that has to wait for the signal, too.
 * @returns null in a thread that is not the process's main one: whoever started it can end it
 */
export function watchStandstill({ initMs, standstillMs }: ScriptBounds): Standstill | null {
  if (!isMainThread) return null;
  const stuck = new AbortController();
  const { signal } = stuck;
  const everyMs = Math.min(initMs, standstillMs) / looks;
  const ofCode = Math.ceil(standstillMs / everyMs);
  const ofInit = Math.ceil(initMs / everyMs);
  // How often something went on here, and in how many looks it has to.
  const beats = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  const counted = new Int32Array(beats);
  const beat = (): number => Atomics.add(counted, 0, 1);
  Atomics.store(counted, 1, ofCode);
  let loading = false;
  const worker = new Worker(watcher, { eval: true, env: {}, workerData: { beats, everyMs } });
  worker.on('message', () => {
    worker.unref();
    stuck.abort(new Error(loading ? tooLong.init(initMs) : tooLong.code(standstillMs)));
  });
  // After the listener, which would hold the process again.
  worker.unref();
  const beating = setInterval(beat, everyMs / 2).unref();
  return {
    signal,
    whileLoading: (load) => {
      beat();
      loading = true;
      // Before a run nothing else may hold the process, once this was given up, until that is told.
      worker.ref();
      Atomics.store(counted, 1, ofInit);
      try {
        load();
      } finally {
        // Never reached where it was given up, so that the error says what was.
        loading = false;
        worker.unref();
        Atomics.store(counted, 1, ofCode);
        beat();
      }
    },
    stop: async () => {
      // What is left of the script may begin the same once more, until the process ends.
      if (signal.aborted) return;
      clearInterval(beating);
      await worker.terminate();
    },
  };
}
