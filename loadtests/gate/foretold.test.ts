import { describe, expect, it } from 'vitest';
import { breakpointFileSchema } from '../../records/breakpoint.ts';
import { exampleBreakpoint, exampleVerdict } from '../../records/testing/examples.ts';
import { besideForecasts, isOfTheSame } from './foretold.ts';
import { formatBreakpoint } from './formatBreakpoint.ts';

const [headroom] = exampleVerdict.headroom;
/** A peak of 21 requests a second, at which the database's CPU was to bind at 40 (36 to 46). */
const beside = (changes: Partial<NonNullable<typeof headroom>> = {}) =>
  breakpointFileSchema.parse(
    besideForecasts(
      exampleBreakpoint,
      { ...exampleVerdict, headroom: [{ ...headroom!, ...changes }] },
      new Map([['system-01', 21]]),
    ),
  );
const lineOf = (breakpoint = beside()): string | undefined =>
  formatBreakpoint(breakpoint)
    .split('\n')
    .find((line) => line.includes('forecast'));

describe('a climb’s answer beside what a peak foretold', () => {
  it('has its rates: at least, and where it was likely', () => {
    const [first, second] = beside().systems;
    expect(first!.forecast).toEqual({
      runId: 'peak',
      atLeastPerSecond: expect.closeTo(36.12, 6),
      bindsFirst: 'databaseCpu',
      likely: {
        perSecond: expect.closeTo(40.11, 6),
        low: expect.closeTo(36.12, 6),
        high: expect.closeTo(46.2, 6),
      },
    });
    expect(second!.forecast).toBeUndefined();
  });

  it('says in a line how both fit', () => {
    expect(lineOf()).toBe(
      '    forecast by peak: at least 36 requests a second, databaseCpu at about 40 (36 to 46): crossed within it',
    );
    expect(lineOf(beside({ atLeast: 2.1 }))).toMatch(/: crossed before that$/);
    expect(lineOf(beside({ resources: [] }))).toBe(
      '    forecast by peak: at least 36 requests a second: crossed beyond that',
    );
    const likelyAt = (low: number, high: number | null) =>
      beside({
        atLeast: 1,
        resources: [{ ...headroom!.resources[0]!, likely: { value: low, low, high } }],
      });
    expect(lineOf(likelyAt(2, 3))).toMatch(/at about 42 \(42 to 63\): crossed earlier$/);
    expect(lineOf(likelyAt(1, 1.5))).toMatch(/: crossed later$/);
    expect(lineOf(likelyAt(1.5, null))).toMatch(/\(32 or more\): crossed within it$/);
    expect(lineOf(exampleBreakpoint)).toBeUndefined();
  });

  it('is of the same stage, place and configuration alone', () => {
    expect(isOfTheSame(exampleVerdict, exampleBreakpoint)).toBe(true);
    for (const change of [{ stage: 'qa' }, { place: 'aws' as const }, { configurationHash: 'other' }]) {
      expect(isOfTheSame({ ...exampleVerdict, ...change }, exampleBreakpoint)).toBe(false);
    }
  });
});
