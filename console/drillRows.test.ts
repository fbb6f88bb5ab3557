import { describe, expect, it } from 'vitest';
import type { DrillResult, ExpectationRecord, SeenSystem } from '../records/drill.ts';
import { exampleDrill } from '../records/testing/examples.ts';
import { axisTicks, pictureOf } from './web/views/drillRows.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString();
const timeline: DrillResult['timeline'] = [
  { step: 'steady', start: at(0), end: at(20) },
  { step: 'inject', start: at(20), end: at(21) },
  { step: 'observe', start: at(21), end: at(40) },
  { step: 'restore', start: at(40), end: at(41) },
  { step: 'recover', start: at(41), end: at(60) },
];
const none = { right: 0, wrong: 0, unavailable: 0, refused: 0, other: 0 };
const seen: SeenSystem = {
  system: 'system-02',
  answers: [
    { ...none, second: 19, right: 4 },
    { ...none, second: 21, right: 1, unavailable: 3 },
  ],
  queue: [
    { second: 0, value: 0 },
    { second: 25, value: 8 },
    { second: 45, value: 2 },
  ],
  connections: [{ second: 0, value: 0 }],
  page: [
    { second: 0, value: 'quiet' },
    { second: 30, value: 'held back' },
    { second: 35, value: 'paged' },
    { second: 50, value: 'quiet' },
  ],
  errorAlarm: [
    { second: 0, value: 'INSUFFICIENT_DATA' },
    { second: 10, value: 'OK' },
    { second: 28, value: 'ALARM' },
  ],
  openings: [
    { second: 41, value: 3 },
    { second: 42, value: 2 },
  ],
};
const openingsLimit = (system: string, limit: number): ExpectationRecord => ({
  ...exampleDrill.expectations[0]!,
  id: 'openings',
  system,
  limit,
});

describe('the picture of a drill', () => {
  const expectations = [openingsLimit('system-01', 99), openingsLimit('system-02', 6)];
  const picture = pictureOf({ timeline, expectations }, seen)!;
  const row = (label: string) => picture.rows.find((one) => one.label === label);
  const heights = (label: string) =>
    row(label)?.stretches.map(({ from, to, height }) => [from, to, Number(height.toFixed(3))]);

  it('has a row for each thing that was seen, on the axis of the fault', () => {
    expect(picture).toMatchObject({ system: 'system-02', seconds: 60, fault: { from: 20, to: 41 } });
    expect(picture.rows.map(({ label }) => label)).toEqual([
      'fault',
      'right a second',
      '503 a second',
      'queue',
      'opened a second',
      'alarm',
      'page',
    ]);
    expect(heights('fault')).toEqual([[20, 41, 1]]);
  });

  it('draws answers by the second, and what is held until it changes', () => {
    expect(heights('right a second')).toEqual([
      [19, 20, 1],
      [21, 22, 0.25],
    ]);
    expect(row('503 a second')?.note).toBe('most 3');
    expect(heights('queue')).toEqual([
      [25, 45, 1],
      [45, 60, 0.25],
    ]);
  });

  it('draws connections opened under the limit of their own system', () => {
    expect(heights('opened a second')).toEqual([
      [41, 42, 0.5],
      [42, 43, 0.333],
    ]);
    expect(row('opened a second')).toMatchObject({
      limitHeight: 1,
      note: 'most 3, 5 in all; limit 6',
    });
    const storm = pictureOf({ timeline, expectations: [openingsLimit('system-02', 2)] }, seen)!;
    expect(storm.rows.find(({ label }) => label === 'opened a second')?.limitHeight).toBeCloseTo(2 / 3);
    const unlimited = pictureOf({ timeline, expectations: [] }, seen)!;
    expect(unlimited.rows.find(({ label }) => label === 'opened a second')).toMatchObject({
      limitHeight: null,
      note: 'most 3, 5 in all',
    });
  });

  it('tells states apart by height and word, not by colour alone', () => {
    expect(heights('alarm')).toEqual([
      [0, 10, 0.5],
      [28, 60, 1],
    ]);
    expect(row('alarm')?.note).toBe('no data 0–10 s, in alarm 28–60 s');
    expect(heights('page')).toEqual([
      [30, 35, 0.5],
      [35, 50, 1],
    ]);
    expect(row('page')?.note).toBe('held back 30–35 s, paged 35–50 s');
  });

  it('has no fault where none was injected, and is none without a step', () => {
    expect(pictureOf({ timeline: timeline.slice(0, 1), expectations }, seen)?.fault).toBeNull();
    expect(pictureOf({ timeline: [], expectations }, seen)).toBeNull();
  });

  it('marks its axis at whole steps, seven times at most', () => {
    expect(axisTicks(60)).toEqual([0, 10, 20, 30, 40, 50, 60]);
    expect(axisTicks(50)).toEqual([0, 10, 20, 30, 40, 50]);
    for (const seconds of [1, 7, 95, 601, 1_500, 9_000]) {
      expect(axisTicks(seconds).length).toBeLessThanOrEqual(7);
      expect(axisTicks(seconds).at(-1)).toBeLessThanOrEqual(seconds);
    }
  });
});
