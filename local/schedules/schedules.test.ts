import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Clock } from '../../core/clock.ts';
import type { InvocationOutcome } from '../functions/runtime.ts';
import { rateMinutes } from './rate.ts';
import { Schedules } from './schedules.ts';

describe('rateMinutes', () => {
  it.each([
    ['rate(1 minute)', 1],
    ['rate(5 minutes)', 5],
    ['rate(1 hour)', 60],
    ['rate(2 days)', 2_880],
  ])('reads %s', (expression, minutes) => expect(rateMinutes(expression)).toBe(minutes));

  it.each(['rate(1 minutes)', 'rate(2 minute)', 'rate(0 minutes)', 'cron(0 * * * ? *)', 'rate(1m)', ''])(
    'refuses "%s", naming it',
    (expression) => expect(() => rateMinutes(expression)).toThrow(`schedule "${expression}"`),
  );
});

/** A clock that stands still until it is moved. */
class ManualClock implements Clock {
  #nowMs = 1_700_000_000_000;
  #sleepers: { atMs: number; wake: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }

  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
      this.#sleepers.push({ atMs: this.#nowMs + durationMs, wake: resolve });
    });
  }

  async advance(durationMs: number): Promise<void> {
    this.#nowMs += durationMs;
    for (const sleeper of this.#sleepers.filter(({ atMs }) => atMs <= this.#nowMs)) sleeper.wake();
    this.#sleepers = this.#sleepers.filter(({ atMs }) => atMs > this.#nowMs);
    await new Promise(setImmediate);
  }
}

describe('Schedules', () => {
  const clock = new ManualClock();
  const invoke = vi.fn<(name: string, event: unknown) => Promise<InvocationOutcome>>();
  const onError = vi.fn<(error: unknown) => void>();
  let schedules: Schedules | undefined;

  const start = (expression: string, input?: unknown): void => {
    schedules = new Schedules({
      region: 'us-east-1',
      accountId: '000000000000',
      clock,
      minuteMs: 10_000,
      invoke,
      onError,
    });
    schedules.add({
      name: 'probe',
      arn: 'arn:aws:events:us-east-1:000000000000:rule/probe',
      expression,
      functionName: 'probe',
      ...(input === undefined ? {} : { inputOf: () => input }),
    });
    schedules.start();
  };

  afterEach(async () => {
    await schedules?.stop();
    invoke.mockReset();
    onError.mockReset();
  });

  it('runs a function once a scheduled minute, with the event EventBridge sends', async () => {
    invoke.mockResolvedValue({ ok: true, requestId: 'r', payload: null });
    start('rate(2 minutes)');
    const startedAt = clock.now();

    await clock.advance(19_999);
    expect(invoke).not.toHaveBeenCalled();
    await clock.advance(1);
    await clock.advance(20_000);

    expect(invoke).toHaveBeenCalledTimes(2);
    expect(invoke.mock.calls[0]).toEqual([
      'probe',
      expect.objectContaining({
        source: 'aws.events',
        time: `${new Date(startedAt + 20_000).toISOString().slice(0, 19)}Z`,
        resources: ['arn:aws:events:us-east-1:000000000000:rule/probe'],
      }),
    ]);
  });

  it('leaves out runs that would overlap, and keeps to its grid', async () => {
    let finish = (): void => {};
    invoke.mockImplementation(
      () => new Promise((resolve) => (finish = () => resolve({ ok: true, requestId: 'r', payload: null }))),
    );
    start('rate(1 minute)', { hola: 1 });
    await clock.advance(10_000);
    await clock.advance(25_000);
    expect(invoke).toHaveBeenCalledTimes(1);
    expect(invoke.mock.calls[0]?.[1]).toEqual({ hola: 1 });

    finish();
    await new Promise(setImmediate);
    await clock.advance(4_999);
    expect(invoke).toHaveBeenCalledTimes(1);
    await clock.advance(1);
    expect(invoke).toHaveBeenCalledTimes(2);
    finish();
  });

  it('runs nothing more once it is stopped', async () => {
    invoke.mockResolvedValue({ ok: true, requestId: 'r', payload: null });
    start('rate(1 minute)');
    await clock.advance(10_000);
    await schedules?.stop();
    await clock.advance(30_000);
    expect(invoke).toHaveBeenCalledTimes(1);
  });

  it('goes on after a run that could not be made', async () => {
    invoke.mockRejectedValue(new Error('no such function'));
    start('rate(1 minute)');
    await clock.advance(10_000);
    await clock.advance(10_000);
    expect(onError).toHaveBeenCalledTimes(2);
  });
});
