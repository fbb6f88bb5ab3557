import { describe, expect, it } from 'vitest';
import { goodRun, holdStartMs } from '../testing/judgeInput.ts';
import { loadedRunOf } from './loadedRun.ts';

describe('the load of each period', () => {
  const { periods } = loadedRunOf(goodRun(35), 'orders', 20, 10);

  it('is what was answered, as a multiple of the expected peak', () => {
    expect(periods.map(({ load }) => load)).toEqual([1.5, 1.5, 1.5, 1.5, 1.5, 1.5]);
    expect(periods.every(({ topLoad, load }) => topLoad === load)).toBe(true);
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
    const [first, second] = loadedRunOf(run, 'orders', 20, 10).periods;

    expect(first!.load).toBeCloseTo(4.5 / 20, 9);
    expect(first!.topLoad).toBeCloseTo(8 / 20, 9);
    expect(second!.load).toBeCloseTo(14.5 / 20, 9);
    expect(second!.topLoad).toBeCloseTo(18 / 20, 9);
  });

  it('counts every answer, and nothing that got none', () => {
    const run = goodRun();
    run.systems[0]!.series.forEach((second) => {
      second.statuses = { '200': 10, '503': 5, '0': 15 };
    });
    expect(loadedRunOf(run, 'orders', 30, 10).periods[0]!.load).toBe(0.5);
  });

  it('of a system that the run did not load is none', () => {
    expect(loadedRunOf(goodRun(), 'other', 30, 10).periods).toEqual([]);
  });
});
