import { describe, expect, it } from 'vitest';
import type { RunFile } from '../../../records/run.ts';
import { goodRun, holdStartMs } from '../testing/judgeInput.ts';
import { loadedRunOf } from './loadedRun.ts';

/** With the five messages a second that the run sends. */
const peak = (requestsPerSecond: number) => ({ requestsPerSecond, messagesPerSecond: 5 });

describe('the load of each period', () => {
  const { periods } = loadedRunOf(goodRun(35), 'orders', peak(20), 10);

  it('is what was answered, as a multiple of the expected peak', () => {
    expect(periods.map(({ loads }) => loads.requests)).toEqual(
      Array.from({ length: 6 }, () => ({ mean: 1.5, top: 1.5 })),
    );
    expect(periods.every(({ loads: { messages } }) => messages.mean === 1)).toBe(true);
  });

  it('begins at whole periods: held are those that the hold covers wholly', () => {
    expect(periods.map(({ startMs, held }) => [(startMs - holdStartMs) / 1_000, held])).toEqual([
      [-20, false],
      [-10, false],
      [0, true],
      [10, true],
      [20, true],
      [30, false],
    ]);
  });

  it('in a ramp is at its most in the last seconds', () => {
    const run = goodRun();
    run.systems[0]!.series.forEach((second) => {
      if (second.second >= 20) return;
      second.intended = second.second;
      second.statuses = { '200': second.second };
    });
    const [first, second] = loadedRunOf(run, 'orders', peak(20), 10).periods;

    expect(first!.loads.requests.mean).toBeCloseTo(4.5 / 20, 9);
    expect(first!.loads.requests.top).toBeCloseTo(8 / 20, 9);
    expect(second!.loads.requests.mean).toBeCloseTo(14.5 / 20, 9);
    expect(second!.loads.requests.top).toBeCloseTo(18 / 20, 9);
  });

  it('is of requests what reached the function, and of the database what surely reached that', () => {
    const run = goodRun();
    run.systems[0]!.series.forEach((second) => {
      second.statuses = { '200': 9, '404': 1, '503': 5, '429': 3, '0': 12 };
    });
    const { requests, whole } = loadedRunOf(run, 'orders', peak(30), 10).periods[0]!.loads;
    expect(requests.mean).toBe(0.5);
    expect(whole.mean).toBeCloseTo(1 / 3, 9);
  });

  it('is of the whole peak no more than the run sent of its messages', () => {
    const wholeOf = (run: RunFile, messagesPerSecond: number): number =>
      loadedRunOf(run, 'orders', { requestsPerSecond: 20, messagesPerSecond }, 10).periods[0]!.loads.whole
        .mean;
    const run = goodRun();
    expect(wholeOf(run, 5)).toBe(1);
    expect(wholeOf(run, 2.5)).toBe(1.5);
    expect(wholeOf(run, 10)).toBe(0.5);
    for (const { messages } of run.systems) messages!.series.length = 40;
    expect(wholeOf(run, 5)).toBe(0.5);
    delete run.systems[0]!.messages;
    expect(wholeOf(run, 5)).toBe(0);
    expect(wholeOf(run, 0)).toBe(1.5);
  });

  it('is none where no peak is expected', () => {
    expect(loadedRunOf(goodRun(), 'orders', peak(0), 10).periods).toEqual([]);
  });

  it('of a system that the run did not load is none', () => {
    expect(loadedRunOf(goodRun(), 'other', peak(30), 10).periods).toEqual([]);
  });
});
