import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunFile } from '../../records/run.ts';
import { judge } from './judge.ts';
import { secondsOf, secondsWithin, takenBySecond, type Second } from './seconds.ts';
import { goodRun, judgeInput } from './testing/judgeInput.ts';

/** The run as if so many of its seconds had been told together. */
function inStretches(run: RunFile, seconds: number): RunFile {
  const stretches = <T extends { second: number }>(series: readonly T[], sum: (parts: T[]) => T): T[] =>
    [...Map.groupBy(series, ({ second }) => second - (second % seconds))].map(([second, parts]) => ({
      ...sum(parts),
      second,
    }));
  return {
    ...run,
    schemaVersion: 2,
    seriesSeconds: seconds,
    systems: run.systems.map((system) => ({
      ...system,
      series: stretches(system.series, (parts) => ({
        ...parts[0]!,
        intended: parts.reduce((sum, { intended }) => sum + intended, 0),
        statuses: { 200: parts.reduce((sum, { statuses }) => sum + (statuses['200'] ?? 0), 0) },
      })),
      ...(system.messages && {
        messages: {
          ...system.messages,
          series: stretches(system.messages.series, (parts) => ({
            second: 0,
            intended: parts.reduce((sum, { intended }) => sum + intended, 0),
            acknowledged: parts.reduce((sum, { acknowledged = 0 }) => sum + acknowledged, 0),
          })),
        },
      }),
    })),
  };
}

// The last stretch of seven is cut off by the run's end.
test.each([2, 5, 7, 10])('a run told by stretches of %i s is taken for what it was', (seconds) => {
  const run = goodRun();
  const told = inStretches(run, seconds);
  expect(secondsOf(told, 'orders')).toEqual(
    secondsOf(run, 'orders').map((second) => ({
      ...second,
      intended: expect.closeTo(30),
      statuses: { 200: expect.closeTo(30) },
    })),
  );
  for (const load of ['requests', 'messages'] as const) {
    expect(takenBySecond(told, 'orders', load)).toEqual(
      takenBySecond(run, 'orders', load).map((count) => expect.closeTo(count)),
    );
  }
  const [verdict, expected] = [told, run].map((each) => judge(judgeInput({ run: each })));
  expect(verdict!.verdict).toBe('pass');
  expect(verdict!.records.map(({ signal, verdict: answer }) => [signal, answer])).toEqual(
    expected!.records.map(({ signal, verdict: answer }) => [signal, answer]),
  );
  expect(verdict!.headroom.map(({ atLeast }) => atLeast)).toEqual(
    expected!.headroom.map(({ atLeast }) => expect.closeTo(atLeast, 6)),
  );
});

test('seconds of a window lie in it from their first millisecond to their last', () => {
  const windows = fc.record({
    seconds: fc.uniqueArray(fc.nat(100)),
    startMs: fc.integer({ min: -5_000, max: 110_000 }),
    lastsMs: fc.nat(60_000),
    runStartMs: fc.constantFrom(0, 250),
  });
  fc.assert(
    fc.property(windows, ({ seconds, startMs, lastsMs, runStartMs }) => {
      const series = seconds.toSorted((a, b) => a - b).map((second) => ({ second }) as Second);
      const window = { startMs, endMs: startMs + lastsMs };
      expect(secondsWithin(series, runStartMs, window)).toEqual(
        series.filter(({ second }) => {
          const secondMs = runStartMs + second * 1_000;
          return secondMs >= window.startMs && secondMs + 1_000 <= window.endMs;
        }),
      );
    }),
  );
});
