import { fail, stopped, throttled, type Failure, type Invocation, type RawOutcome } from './invocation.ts';
import { PooledEnvironment, type Occupation, type PooledEnvironmentOptions } from './pooledEnvironment.ts';
import type { Semaphore } from './semaphore.ts';

export interface PoolOptions extends PooledEnvironmentOptions {
  /** Whether one more invocation may start beside those that run; else it is throttled. */
  mayStart: (running: number) => boolean;
  /** Bounds the starts at once of all the stage's functions together. */
  starts: Semaphore;
}

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
  readonly #environments = new Set<PooledEnvironment>();
  /** Last in, first out: the environments at the bottom get old and are dropped. */
  readonly #idle: PooledEnvironment[] = [];
  readonly #waiting: Invocation[] = [];
  /** Environments that load the function's code, or wait for their permit to. */
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
    return this.#environments.size;
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
      if (this.#closed) return fail(invocation, stopped);
      if (!this.#options.mayStart(this.running)) return fail(invocation, throttled);
      const environment = this.#idle.pop();
      if (environment) this.#dispatch(environment, invocation);
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
      const [environment] = this.#idle.splice(0, 1);
      if (!environment) return;
      this.#environments.delete(environment);
      void environment.stop();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const invocation of this.#waiting.splice(0)) fail(invocation, stopped);
    const environments = [...this.#environments];
    this.#environments.clear();
    this.#idle.length = 0;
    this.#busy = 0;
    await Promise.all(environments.map((environment) => environment.stop()));
  }

  #start(): void {
    this.#starting += 1;
    this.#options.starts.acquire((release) => {
      // Meanwhile another environment may have become free for everybody who waited.
      if (this.#closed || this.#starting > this.#waiting.length) {
        this.#starting -= 1;
        release();
      } else this.#startNow(release);
    });
  }

  #startNow(release: () => void): void {
    const environment = new PooledEnvironment(this.#options, {
      free: (freed, after) => {
        if (after === 'starting') {
          release();
          this.#starting -= 1;
        } else this.#busy -= 1;
        this.#take(freed);
      },
      lost: (lost, during, failure) => {
        release();
        this.#lose(lost, during, failure);
      },
    });
    this.#environments.add(environment);
  }

  #dispatch(environment: PooledEnvironment, invocation: Invocation): void {
    this.#busy += 1;
    environment.run(invocation);
  }

  /** Gives a free environment the invocation that has waited longest, or keeps it for the next one. */
  #take(environment: PooledEnvironment): void {
    const next = this.#waiting.shift();
    if (next) this.#dispatch(environment, next);
    else this.#idle.push(environment);
  }

  #lose(environment: PooledEnvironment, during: Occupation, { kind, error }: Failure): void {
    this.#environments.delete(environment);
    switch (during) {
      case 'starting': {
        this.#starting -= 1;
        // It fails the invocation that has waited longest.
        const invocation = this.#waiting.shift();
        if (invocation) fail(invocation, { kind, error });
        return;
      }
      case 'busy':
        this.#busy -= 1;
        return;
      case 'idle':
        this.#idle.splice(this.#idle.indexOf(environment), 1);
        this.#options.onLines([`environment ended while idle: ${error.errorType}: ${error.errorMessage}`]);
    }
  }
}
