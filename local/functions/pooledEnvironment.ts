import { Environment, type InvocationResult } from './environment.ts';
import { fail, stopped, succeed, type Failure, type Invocation } from './invocation.ts';
import type { EnvironmentData, FunctionError } from './protocol.ts';

export interface PooledEnvironmentOptions {
  data: EnvironmentData;
  variables: Readonly<Record<string, string>>;
  timeoutMs: number;
  onLines: (lines: string[]) => void;
  /** Milliseconds since the epoch; the environment's own clock is the machine's. */
  now: () => number;
}

/** What an environment does: it loads the function's code, waits for an invocation, or runs one. */
export type Occupation = 'starting' | 'idle' | 'busy';

/** What the pool is told. After `lost` there is nothing more to tell. */
export interface PooledEnvironmentListener {
  /** It can take an invocation, now that it has started or run one; `after` says which. */
  free(environment: PooledEnvironment, after: 'starting' | 'busy'): void;
  /** It is gone without having been stopped; the invocation it ran has failed with it. */
  lost(environment: PooledEnvironment, during: Occupation, failure: Failure): void;
}

/** Lambda's limit for loading a function's code. */
const initTimeoutMs = 10_000;

/** An execution environment with the invocation that it runs, and the timer that ends either when it is late. */
export class PooledEnvironment {
  readonly #options: PooledEnvironmentOptions;
  readonly #listener: PooledEnvironmentListener;
  readonly #environment: Environment;
  #occupation: Occupation = 'starting';
  #invocation: Invocation | undefined;
  #timer: NodeJS.Timeout | undefined;
  #idleSince = 0;

  constructor(options: PooledEnvironmentOptions, listener: PooledEnvironmentListener) {
    this.#options = options;
    this.#listener = listener;
    this.#timer = setTimeout(
      () => this.#late(`Init timed out after ${seconds(initTimeoutMs)}`),
      initTimeoutMs,
    );
    this.#environment = new Environment(options.data, options.variables, {
      ready: () => this.#free('starting'),
      lines: (lines) => options.onLines(lines),
      finished: (result) => this.#finish(result),
      ended: (error) => this.#end(error),
    });
  }

  /** Since when it has waited for an invocation, as performance.now(). */
  get idleSince(): number {
    return this.#idleSince;
  }

  /** To be called while it is free. */
  run(invocation: Invocation): void {
    const { timeoutMs, now } = this.#options;
    const { requestId, event, traceId } = invocation;
    this.#occupation = 'busy';
    this.#invocation = invocation;
    invocation.startedAt = performance.now();
    this.#timer = setTimeout(
      () => this.#late(`RequestId: ${requestId} Error: Task timed out after ${seconds(timeoutMs)}`),
      timeoutMs,
    );
    this.#environment.invoke({ requestId, event, deadlineMs: now() + timeoutMs, traceId });
  }

  /** Ends it, and with it the invocation that it runs. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#invocation) fail(this.#invocation, stopped);
    this.#invocation = undefined;
    await this.#environment.terminate();
  }

  #free(after: 'starting' | 'busy'): void {
    clearTimeout(this.#timer);
    this.#occupation = 'idle';
    this.#idleSince = performance.now();
    this.#listener.free(this, after);
  }

  #finish(result: InvocationResult): void {
    const invocation = this.#invocation;
    if (invocation?.requestId !== result.requestId) return;
    this.#invocation = undefined;
    this.#free('busy');
    if ('error' in result) fail(invocation, { kind: 'handler', error: result.error });
    else succeed(invocation, result.payload);
  }

  #late(errorMessage: string): void {
    void this.#environment.terminate();
    this.#lose({ kind: 'timeout', error: { errorType: 'Sandbox.Timedout', errorMessage } });
  }

  #end(error: FunctionError): void {
    this.#lose({ kind: this.#occupation === 'starting' ? 'handler' : 'crashed', error });
  }

  #lose(failure: Failure): void {
    const invocation = this.#invocation;
    clearTimeout(this.#timer);
    this.#invocation = undefined;
    this.#listener.lost(this, this.#occupation, failure);
    if (invocation) fail(invocation, failure);
  }
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} seconds`;
