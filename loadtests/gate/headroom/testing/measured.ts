import type { CountedUse, Flow } from '../countedUse.ts';
import type { DivisibleUse } from '../divisibleUse.ts';
import type { Load, LoadedRun, RunPeriod } from '../readings.ts';

export const periodSeconds = 10;
const at = (index: number): number => index * periodSeconds * 1_000;

/** Loads of a ramp of four periods and a hold of ten. */
export const rampAndHold: readonly number[] = [0.2, 0.4, 0.6, 0.8, ...Array<number>(10).fill(1)];

/** @param held how many of the last periods are the hold */
export const runOf = (loads: readonly number[], held = 10): LoadedRun => ({
  periodSeconds,
  periods: loads.map((load, index) => ({
    startMs: at(index),
    held: index >= loads.length - held,
    loads: alike({ mean: load, top: load }),
  })),
});

/** Requests and messages in the same share of their peaks. */
export const alike = (load: Load): RunPeriod['loads'] => ({ requests: load, messages: load, whole: load });

/** Values by period; `null` for one that is missing. */
const byPeriod = <V>(values: readonly (V | null)[]): Map<number, V> =>
  new Map(values.flatMap((value, index): [number, V][] => (value === null ? [] : [[at(index), value]])));

export const divisible = (
  id: string,
  percent: readonly (number | null)[],
  slowsRequests = false,
): DivisibleUse => ({
  id,
  kind: 'divisible',
  usedBy: 'whole',
  atRest: 'everywhere',
  limitPercent: 80,
  slowsRequests,
  percent: byPeriod(percent),
});

/** @param most units at once in each period */
export const counted = (
  id: string,
  units: number,
  most: readonly (number | null)[],
  more: { kind?: CountedUse['kind']; flow?: readonly Flow[] } = {},
): CountedUse => ({
  id,
  kind: more.kind ?? 'inUse',
  usedBy: 'requests',
  limitPercent: 80,
  units,
  percent: byPeriod(most.map((count) => (count === null ? null : (100 * count) / units))),
  flow: byPeriod(more.flow ?? []),
});
