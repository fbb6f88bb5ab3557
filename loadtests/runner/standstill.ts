import { isMainThread, Worker } from 'node:worker_threads';

/** So many looks in a row see nothing go on before it is a standstill: one alone may be a machine that was asleep. */
const looks = 20;

/**
 * Watches from a thread of its own, since the one that loops can do nothing: where no timer has run there for long it
 * has what runs there given up, as a debugger does, and tells.
 */
const watcher = `
  const { Session } = require('node:inspector');
  const { parentPort, workerData: { beats, looks, everyMs } } = require('node:worker_threads');
  const counted = new Int32Array(beats);
  let seen = -1;
  let still = 0;
  let session = null;
  setInterval(() => {
    const now = Atomics.load(counted, 0);
    const isBounded = Atomics.load(counted, 1) === 1;
    still = now === seen && !isBounded ? still + 1 : 0;
    seen = now;
    // More than one user may be about to do the same.
    if (still < looks) return;
    if (session === null) {
      session = new Session();
      session.connectToMainThread();
    }
    session.post('Runtime.terminateExecution', () => parentPort.postMessage(null));
  }, everyMs);
`;

export interface Standstill {
  /** Aborts once code on this thread was given up that had not returned for too long. */
  signal: AbortSignal;
  /** Does what has a time limit of its own: as long as it lasts, and however often it follows itself, it is no standstill. */
  whileBounded<T>(work: () => T): T;
  stop(): Promise<void>;
}

/**
 * Bounds what runs on this thread without ever returning, which no timer of its own can. What it was called from is gone
 * with it, up to the next turn of the event loop, and never goes on: who waits for that has to wait for the signal, too.
 * Does nothing in a thread that is not the process's main one: whoever started it can end it.
 */
export function watchStandstill(mostMs: number): Standstill {
  const stuck = new AbortController();
  const { signal } = stuck;
  if (!isMainThread) return { signal, whileBounded: (work) => work(), stop: () => Promise.resolve() };
  // How often something went on here; and 1 while that has a time limit of its own.
  const beats = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  const counted = new Int32Array(beats);
  const everyMs = mostMs / looks;
  const worker = new Worker(watcher, { eval: true, env: {}, workerData: { beats, looks, everyMs } });
  worker.on('message', () =>
    stuck.abort(new Error(`its code did not return for ${mostMs / 1_000} s: does it loop without end?`)),
  );
  // After the listener, which would hold the process again.
  worker.unref();
  const beating = setInterval(() => Atomics.add(counted, 0, 1), everyMs / 2).unref();
  return {
    signal,
    whileBounded: (work) => {
      Atomics.store(counted, 1, 1);
      try {
        return work();
      } finally {
        Atomics.store(counted, 1, 0);
        Atomics.add(counted, 0, 1);
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
