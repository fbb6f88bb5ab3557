import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MetricStore } from '../../cloudwatch/metricStore.ts';
import { ManualClock } from '../../core/testing/manualClock.ts';
import { AsyncInvocations } from './asyncInvocations.ts';
import type { FailureKind } from './invocation.ts';

const minute = 60_000;
let clock: ManualClock;
let startMs: number;
let metrics: MetricStore;
let queue: AsyncInvocations;
/** When the function was tried, in minutes after the event was sent. */
let tries: number[];
/** What comes of a try, by its number from 0 on. */
let outcome: (attempt: number) => FailureKind | 'ok';

beforeEach(() => {
  clock = new ManualClock();
  startMs = clock.now();
  metrics = new MetricStore(() => clock.now());
  tries = [];
  queue = new AsyncInvocations({
    clock,
    invoke: async () => {
      const kind = outcome(tries.length);
      tries.push((clock.now() - startMs) / minute);
      return kind === 'ok'
        ? { ok: true, requestId: 'r', payload: null }
        : { ok: false, requestId: 'r', kind, error: { errorType: 'E', errorMessage: 'm' } };
    },
    metrics,
    onError: (error) => {
      throw error;
    },
  });
});
afterEach(() => queue.stop());

/** So many minutes go by, in steps of one second. */
async function pass(minutes: number): Promise<void> {
  for (let second = 0; second < minutes * 60; second += 1) {
    await new Promise(setImmediate);
    clock.advance(1_000);
  }
  await new Promise(setImmediate);
}

const sum = (name: string): number =>
  metrics
    .query({
      namespace: 'AWS/Lambda',
      name,
      dimensions: { FunctionName: 'f' },
      statistic: 'Sum',
      periodSeconds: 60,
      startMs,
      endMs: clock.now() + minute,
    })
    .reduce((all, { value }) => all + value, 0);

describe('asynchronous invocations', () => {
  it('try an event that the function fails on after one minute and after two more, and drop it then', async () => {
    outcome = () => 'handler';
    queue.send('f', {});
    await pass(5);
    expect(tries).toEqual([0, 1, 3]);
    expect([sum('AsyncEventsReceived'), sum('AsyncEventsDropped')]).toEqual([1, 1]);
    expect(sum('AsyncEventAge')).toBe(4 * minute);
  });

  it('try no event again that went well', async () => {
    outcome = (attempt) => (attempt === 0 ? 'timeout' : 'ok');
    queue.send('f', {});
    await pass(5);
    expect(tries).toEqual([0, 1]);
    expect(sum('AsyncEventsDropped')).toBe(0);
  });

  it('wait for free concurrency: longer each time, which costs no try', async () => {
    outcome = (attempt) => (attempt < 4 ? 'throttled' : attempt === 4 ? 'crashed' : 'ok');
    queue.send('f', {});
    await pass(3);
    const seconds = tries.map((at) => Math.round(at * 60));
    expect(seconds).toEqual([0, 1, 3, 7, 15, 75]);
  });

  it('give an event up that is older than its function allows', async () => {
    queue.limit('f', { maximumAgeMs: 90_000 });
    outcome = () => 'handler';
    queue.send('f', {});
    await pass(5);
    expect(tries).toEqual([0, 1]);
    queue.limit('f', { retries: 0 });
    queue.send('f', {});
    await pass(5);
    expect(tries).toHaveLength(3);
    expect(sum('AsyncEventsDropped')).toBe(2);
  });

  it('end with the stage, without another try', async () => {
    outcome = () => 'handler';
    queue.send('f', {});
    await pass(0.1);
    await queue.stop();
    await pass(5);
    expect(tries).toEqual([0]);
  });
});
