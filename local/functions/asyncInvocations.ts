import type { Clock } from '../../core/clock.ts';
import type { MetricSink, MetricWriter } from '../sampler/metricSample.ts';
import type { InvocationOutcome } from './runtime.ts';

/** What a function's EventInvokeConfig says; Lambda's own where it says nothing. */
export interface AsyncLimits {
  /** Tries after the first one, of an event that the function failed on: 0 to 2. */
  retries: number;
  /** An event that is older is not tried again. */
  maximumAgeMs: number;
}

/** lambda/latest/dg/invocation-async-error-handling.html */
const lambdaLimits: AsyncLimits = { retries: 2, maximumAgeMs: 6 * 3_600_000 };
/** Before the second try and before the third. */
const afterErrorMs = [60_000, 120_000];
/** After the first throttle, doubled after each, up to the longest. */
const afterThrottleMs = { first: 1_000, longest: 300_000 };

interface AsyncInvocationsOptions {
  clock: Clock;
  invoke: (name: string, event: unknown) => Promise<InvocationOutcome>;
  metrics: MetricSink;
  /** Told of what is wrong with the stage, and not with a function. */
  onError: (error: unknown) => void;
}

/**
 * Lambda's queue of asynchronous invocations: an event that its function fails on is tried twice more and then dropped, one
 * that finds no free concurrency for six hours. Time is not shortened here. Nothing is kept beyond the stage's end.
 */
export class AsyncInvocations {
  readonly #options: AsyncInvocationsOptions;
  readonly #limits = new Map<string, Partial<AsyncLimits>>();
  readonly #stop = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  readonly #writers = new Map<string, MetricWriter>();

  constructor(options: AsyncInvocationsOptions) {
    this.#options = options;
  }

  limit(name: string, limits: Partial<AsyncLimits>): void {
    this.#limits.set(name, limits);
  }

  /** Takes an event, and answers at once. */
  send(name: string, event: unknown): void {
    const one = this.#see(name, event)
      .catch(this.#options.onError)
      .finally(() => this.#underWay.delete(one));
    this.#underWay.add(one);
  }

  /** What waits is dropped; resolves once nothing of it runs. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#underWay);
  }

  async #see(name: string, event: unknown): Promise<void> {
    const { clock, invoke } = this.#options;
    const { signal } = this.#stop;
    const { retries, maximumAgeMs } = { ...lambdaLimits, ...this.#limits.get(name) };
    const takenMs = clock.now();
    this.#put('AsyncEventsReceived', name, 1);
    let [errors, throttles] = [0, 0];
    for (;;) {
      const ageMs = clock.now() - takenMs;
      const outcome = await invoke(name, event);
      if (!outcome.ok && outcome.kind === 'throttled') throttles += 1;
      else {
        this.#put('AsyncEventAge', name, ageMs);
        if (outcome.ok) return;
        errors += 1;
      }
      if (signal.aborted) return;
      const waitMs =
        outcome.kind === 'throttled'
          ? Math.min(afterThrottleMs.first * 2 ** (throttles - 1), afterThrottleMs.longest)
          : (afterErrorMs[errors - 1] ?? 0);
      if (errors > retries || clock.now() + waitMs - takenMs > maximumAgeMs) {
        this.#put('AsyncEventsDropped', name, 1);
        return;
      }
      await clock.sleep(waitMs, signal).catch(() => undefined);
      if (signal.aborted) return;
    }
  }

  #put(metric: string, FunctionName: string, value: number): void {
    const key = `${metric} ${FunctionName}`;
    let writer = this.#writers.get(key);
    if (!writer) {
      writer = this.#options.metrics.writer({
        namespace: 'AWS/Lambda',
        name: metric,
        dimensions: { FunctionName },
        unit: metric === 'AsyncEventAge' ? 'Milliseconds' : 'Count',
      });
      this.#writers.set(key, writer);
    }
    writer(this.#options.clock.now(), value);
  }
}
