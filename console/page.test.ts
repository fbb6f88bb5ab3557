import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duration, inUnit, number, percent, time } from './web/format.ts';
import { hrefOf, rangesMinutes, readPlace } from './web/location.ts';
import { marksOf } from './web/plot/marks.ts';
import { valueRange } from './web/plot/scale.ts';
import type { RunSummary } from './wire.ts';

describe('addresses', () => {
  it('say all of a place', () => {
    const instant = fc.integer({ min: 1, max: 4e12 });
    const place = fc.record({
      path: fc.constantFrom(
        'overview',
        'dashboard/local-fleet-database',
        'runs/2026-peak-1a2b/peak',
        'alarms',
      ),
      rangeMinutes: fc.constantFrom(...rangesMinutes),
      zoom: fc.option(fc.tuple(instant, instant).filter(([from, to]) => from < to)),
      system: fc.option(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)),
      find: fc.string({ maxLength: 8 }),
      all: fc.boolean(),
    });
    fc.assert(
      fc.property(place, ({ zoom, ...rest }) => {
        const whole = { ...rest, zoom: zoom && { fromMs: zoom[0], toMs: zoom[1] } };
        expect(readPlace(hrefOf(whole))).toEqual(whole);
      }),
    );
  });

  it('that make no sense are read as the overview of the last quarter of an hour', () => {
    expect(readPlace('#/?minutes=7&from=9&to=3')).toEqual({
      path: 'overview',
      rangeMinutes: 15,
      zoom: null,
      system: null,
      find: '',
      all: false,
    });
  });
});

it('numbers have three digits, and units', () => {
  expect([0, 0.01234, 12.345, 999.6, 1_234.5, 0.00001].map(number)).toEqual([
    '0',
    '0.0123',
    '12.3',
    '1000',
    '1,235',
    '1.0e-5',
  ]);
  expect([0, 0.534, 5.34, 53.4].map(percent)).toEqual(['0 %', '0.53 %', '5.3 %', '53 %']);
  expect(inUnit(12_300, 'milliseconds')).toBe('12.3 s');
  expect(inUnit(null, 'percent')).toBe('no data');
  expect([9_400, 120_000, 12_000_000, 400_000_000].map(duration)).toEqual([
    '9 s',
    '2 min',
    '3 h 20 min',
    '5 d',
  ]);
  expect(time(Date.UTC(2026, 10, 3, 4, 5, 6))).toBe('04:05:06');
});

describe('an axis', () => {
  it('keeps its bounds; without them it begins at zero and shows what is drawn, and its limits', () => {
    expect(valueRange({ label: '', min: 0, max: 100 }, [80], 3, 250)).toEqual([0, 100]);
    const [low, high] = valueRange({ label: '', min: null, max: null }, [0.01], 0, 0.002);
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(0.01);
    expect(valueRange({ label: '', min: null, max: null }, [], -5, 5)[0]).toBe(-5);
    expect(valueRange({ label: '', min: null, max: null }, [], null, null)).toEqual([0, 1]);
  });
});

describe('marks', () => {
  const stage = { stage: 'local', startedMs: 1_000 };
  const run = (change: Partial<RunSummary>): RunSummary => ({
    id: 'r',
    kind: 'load',
    name: 'peak',
    stage: 'local',
    place: 'local',
    startMs: 2_000,
    endMs: 9_000,
    outcome: 'passed',
    headline: '',
    hold: { startMs: 4_000, endMs: 9_000 },
    faults: [],
    ...change,
  });

  it('show load with its hold, and a drill with its fault', () => {
    const drill = {
      kind: 'drill' as const,
      name: 'revoke',
      hold: null,
      faults: [{ startMs: 5_000, endMs: null }],
    };
    expect(marksOf([], [run({}), run(drill)], stage, 20_000)).toEqual([
      { label: 'peak', kind: 'load', startMs: 2_000, endMs: 9_000 },
      { label: 'hold', kind: 'hold', startMs: 4_000, endMs: 9_000 },
      { label: 'revoke', kind: 'drill', startMs: 2_000, endMs: 9_000 },
      { label: 'fault', kind: 'fault', startMs: 5_000, endMs: 9_000 },
    ]);
  });

  it('leave out what ran elsewhere or before this stage', () => {
    const others = [run({ stage: 'qa' }), run({ place: 'aws' }), run({ endMs: 900 })];
    expect(marksOf([], others, stage, 20_000)).toEqual([]);
  });

  it('of what runs end now; a ramp has no hold yet', () => {
    const running = {
      id: 'n',
      kind: 'load' as const,
      name: 'peak',
      startedMs: 3_000,
      plannedSeconds: { ramp: 10, hold: 60 },
      faults: [],
    };
    expect(marksOf([running], [], stage, 12_999)).toEqual([
      { label: 'peak', kind: 'load', startMs: 3_000, endMs: 12_999 },
    ]);
    expect(marksOf([running], [], stage, 14_000)[1]).toEqual({
      label: 'hold',
      kind: 'hold',
      startMs: 13_000,
      endMs: 14_000,
    });
  });
});
