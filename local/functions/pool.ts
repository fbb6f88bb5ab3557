import { Environment } from './environment.ts';
import type { EnvironmentData, FunctionError } from './protocol.ts';
import type { Slots } from './slots.ts';

/** Why an invocation gave no result. */
export type FailureKind =
  /** More invocations at once than the function may have; it never started. */
  | 'throttled'
  /** The handler threw, or could not be loaded. */
  | 'handler'
  | 'timeout'
  /** The environment ended: memory exhausted, exit, an error nobody caught. */
  | 'crashed'
  /** The stage is stopping. */
  | 'stopped';

export type RawOutcome =
  | { ok: true; requestId: string; durationMs: number; payload: string }
  | { ok: false; requestId: string; durationMs: number; kind: FailureKind; error: FunctionError };

export interface PoolOptions {
  data: EnvironmentData;
  variables: Readonly<Record<string, string>>;
  timeoutMs: number;
  /** Whether one more invocation may start beside those that run; else it is throttled. */
  mayStart: (running: number) => boolean;
  onLines: (lines: string[]) => void;
  /** Bounds the starts at once of all the stage's functions together. */
  starts: Slots;
  /** Milliseconds since the epoch; the environment's own clock is the machine's. */
  now: () => number;
}

interface Invocation {
  requestId: string;
  event: string;
  traceId: string;
  startedAt: number;
  settle(outcome: RawOutcome): void;
}

interface Slot {
  environment: Environment;
  state: 'starting' | 'idle' | 'busy';
  invocation: Invocation | undefined;
  timer: NodeJS.Timeout | undefined;
  idleSince: number;
}

/** Lambda's limit for loading a function's code. */
const initTimeoutMs = 10_000;

/**
 * The execution environments of one function.
 *
 *   invoke ──> newest idle environment ──────────────> busy ──> idle
 *        └──> waiting ──> environment starting ──> ready ┘
 *
 * A waiting invocation takes whatever is free first, a new environment or one that has just finished. There are
 * always as many environments starting as invocations waiting, so that one which is lost needs no replacement.
 */
export class FunctionPool {
  readonly #options: PoolOptions;
  readonly #slots = new Set<Slot>();
  /** Last in, first out: the environments at the bottom get old and are dropped. */
  readonly #idle: Slot[] = [];
  readonly #waiting: Invocation[] = [];
  #starting = 0;
  #busy = 0;
  #peak = 0;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Invocations running or waiting for their environment. */
  get running(): number {
    return this.#busy + this.#waiting.length;
  }

  get environments(): number {
    return this.#slots.size;
  }

  /** The most invocations at once since the last call. */
  takePeak(): number {
    const peak = Math.max(this.#peak, this.running);
    this.#peak = this.running;
    return peak;
  }

  invoke(requestId: string, event: string, traceId: string): Promise<RawOutcome> {
    return new Promise((settle) => {
      const invocation = { requestId, event, traceId, startedAt: performance.now(), settle };
      if (this.#closed) return fail(invocation, 'stopped', stopped);
      if (!this.#options.mayStart(this.running)) return fail(invocation, 'throttled', throttled);
      const slot = this.#idle.pop();
      if (slot) this.#dispatch(slot, invocation);
      else {
        this.#waiting.push(invocation);
        if (this.#starting < this.#waiting.length) this.#start();
      }
      this.#peak = Math.max(this.#peak, this.running);
    });
  }

  /** Drops environments that have been idle since before `instant` (as performance.now()). */
  dropIdleSince(instant: number): void {
    while (this.#idle[0] && this.#idle[0].idleSince < instant) {
      const [slot] = this.#idle.splice(0, 1);
      if (slot) void this.#drop(slot);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const invocation of this.#waiting.splice(0)) fail(invocation, 'stopped', stopped);
    this.#idle.length = 0;
    await Promise.all(
      [...this.#slots].map((slot) => {
        if (slot.invocation) fail(slot.invocation, 'stopped', stopped);
        return this.#drop(slot);
      }),
    );
  }

  #start(): void {
    this.#starting += 1;
    this.#options.starts.take((release) => {
      // Meanwhile another environment may have become free for everybody who waited.
      if (this.#closed || this.#starting > this.#waiting.length) {
        this.#starting -= 1;
        release();
      } else this.#startNow(release);
    });
  }

  #startNow(release: () => void): void {
    const slot: Slot = {
      state: 'starting',
      invocation: undefined,
      timer: setTimeout(() => {
        this.#remove(slot);
        release();
        void slot.environment.terminate();
        const seconds = (initTimeoutMs / 1_000).toFixed(2);
        this.#startFailed('timeout', {
          errorType: 'Sandbox.Timedout',
          errorMessage: `Init timed out after ${seconds} seconds`,
        });
      }, initTimeoutMs),
      idleSince: 0,
      environment: new Environment(this.#options.data, this.#options.variables, {
        ready: () => {
          release();
          clearTimeout(slot.timer);
          this.#starting -= 1;
          this.#free(slot);
        },
        lines: (lines) => this.#options.onLines(lines),
        finished: (result) => this.#finish(slot, result),
        ended: (error) => {
          release();
          this.#ended(slot, error);
        },
      }),
    };
    this.#slots.add(slot);
  }

  #dispatch(slot: Slot, invocation: Invocation): void {
    const { timeoutMs, now } = this.#options;
    slot.state = 'busy';
    slot.invocation = invocation;
    this.#busy += 1;
    // Loading the code is not the invocation's time, on Lambda neither.
    invocation.startedAt = performance.now();
    slot.timer = setTimeout(() => this.#timeOut(slot, invocation), timeoutMs);
    slot.environment.invoke({
      requestId: invocation.requestId,
      event: invocation.event,
      deadlineMs: now() + timeoutMs,
      traceId: invocation.traceId,
    });
  }

  #finish(
    slot: Slot,
    result: { requestId: string; payload: string } | { requestId: string; error: FunctionError },
  ): void {
    const { invocation } = slot;
    if (!invocation || invocation.requestId !== result.requestId) return;
    clearTimeout(slot.timer);
    slot.invocation = undefined;
    this.#busy -= 1;
    this.#free(slot);
    if ('error' in result) fail(invocation, 'handler', result.error);
    else {
      invocation.settle({
        ok: true,
        requestId: result.requestId,
        durationMs: performance.now() - invocation.startedAt,
        payload: result.payload,
      });
    }
  }

  #free(slot: Slot): void {
    const next = this.#waiting.shift();
    if (next) {
      this.#dispatch(slot, next);
      return;
    }
    slot.state = 'idle';
    slot.idleSince = performance.now();
    this.#idle.push(slot);
  }

  #timeOut(slot: Slot, invocation: Invocation): void {
    this.#remove(slot);
    void slot.environment.terminate();
    const seconds = (this.#options.timeoutMs / 1_000).toFixed(2);
    fail(invocation, 'timeout', {
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${invocation.requestId} Error: Task timed out after ${seconds} seconds`,
    });
  }

  #ended(slot: Slot, error: FunctionError): void {
    const { state, invocation } = slot;
    this.#remove(slot);
    if (state === 'starting') this.#startFailed('handler', error);
    else if (invocation) fail(invocation, 'crashed', error);
    else this.#options.onLines([`environment ended while idle: ${error.errorType}: ${error.errorMessage}`]);
  }

  /** An environment that could not start fails the invocation that has waited longest. */
  #startFailed(kind: FailureKind, error: FunctionError): void {
    const invocation = this.#waiting.shift();
    if (invocation) fail(invocation, kind, error);
  }

  #remove(slot: Slot): void {
    clearTimeout(slot.timer);
    this.#slots.delete(slot);
    if (slot.state === 'starting') this.#starting -= 1;
    if (slot.state === 'busy') this.#busy -= 1;
    const index = this.#idle.indexOf(slot);
    if (index >= 0) this.#idle.splice(index, 1);
    slot.invocation = undefined;
  }

  async #drop(slot: Slot): Promise<void> {
    this.#remove(slot);
    await slot.environment.terminate();
  }
}

const throttled: FunctionError = {
  errorType: 'TooManyRequestsException',
  errorMessage: 'Rate Exceeded.',
};
const stopped: FunctionError = { errorType: 'StageStopped', errorMessage: 'the stage is stopping' };

function fail(invocation: Invocation, kind: FailureKind, error: FunctionError): void {
  const durationMs = kind === 'throttled' ? 0 : performance.now() - invocation.startedAt;
  invocation.settle({ ok: false, requestId: invocation.requestId, durationMs, kind, error });
}
