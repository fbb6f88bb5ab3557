import type { DrillResult, SeenSystem } from '../../../records/drill.ts';
import {
  answerKinds,
  drillSeconds,
  faultStretch,
  heldStretches,
  type Stretch,
} from '../../../records/drillAxis.ts';
import { number } from '../format.ts';

/** A row of a drill's picture. */
export interface PictureRow {
  label: string;
  /** `span`: it was so, or was not; `bars`: how much. */
  kind: 'span' | 'bars';
  /** Height from 0 to 1 of each stretch that has any, in order. */
  stretches: (Stretch & { height: number; isLesser: boolean })[];
  /** Height of the limit's line; null without one. */
  limitHeight: number | null;
  /** What the row shows, in a few words. */
  note: string;
}

/** What one system did in a drill: a row each that saw anything, all on the same axis. */
export interface DrillPicture {
  system: string;
  seconds: number;
  fault: Stretch | null;
  rows: PictureRow[];
}

/** Null for a drill that took no step. */
export function pictureOf(
  { timeline, expectations }: Pick<DrillResult, 'timeline' | 'expectations'>,
  seen: SeenSystem,
): DrillPicture | null {
  const seconds = drillSeconds(timeline);
  if (seconds === null) return null;
  const fault = faultStretch(timeline);
  const eachSecond = <T extends { second: number }>(items: readonly T[], valueOf: (item: T) => number) =>
    items.map((item) => ({
      from: item.second,
      to: Math.min(item.second + 1, Math.max(seconds, item.second)),
      value: valueOf(item),
    }));
  const opened = eachSecond(seen.openings, ({ value }) => value);
  const total = opened.reduce((sum, { value }) => sum + value, 0);
  const limit = expectations.find(({ id, system }) => id === 'openings' && system === seen.system)?.limit;
  const rows = [
    fault && spanRow('fault', [{ ...fault, value: 'in place' }], 'in place', null),
    ...answerKinds.map(([kind, label]) =>
      barsRow(
        label,
        eachSecond(seen.answers, (those) => those[kind]),
      ),
    ),
    barsRow('queue', heldStretches(seen.queue, seconds)),
    barsRow('connections', heldStretches(seen.connections, seconds)),
    barsRow('opened a second', opened, { limit, more: `, ${number(total)} in all` }),
    spanRow('alarm', heldStretches(seen.errorAlarm, seconds), 'ALARM', 'INSUFFICIENT_DATA'),
    spanRow('page', heldStretches(seen.page, seconds), 'paged', 'held back'),
  ].filter((row) => row !== null);
  return { system: seen.system, seconds, fault, rows };
}

type Held<Value> = Stretch & { value: Value };

/** Nothing where there was nothing. */
function barsRow(
  label: string,
  values: readonly Held<number>[],
  { limit, more = '' }: { limit?: number | undefined; more?: string } = {},
): PictureRow | null {
  const most = Math.max(0, ...values.map(({ value }) => value));
  if (most === 0) return null;
  const top = Math.max(most, limit ?? 0);
  return {
    label,
    kind: 'bars',
    stretches: values
      .filter(({ value }) => value > 0)
      .map(({ from, to, value }) => ({ from, to, height: value / top, isLesser: false })),
    limitHeight: limit === undefined ? null : limit / top,
    note: `most ${number(most)}${more}${limit === undefined ? '' : `; limit ${number(limit)}`}`,
  };
}

/** Full where it was so; half as high, and said so, where it was the lesser state. */
function spanRow<State extends string>(
  label: string,
  states: readonly Held<State>[],
  full: State,
  half: State | null,
): PictureRow | null {
  const shown = states.filter(({ value }) => value === full || value === half);
  if (shown.length === 0) return null;
  return {
    label,
    kind: 'span',
    stretches: shown.map(({ from, to, value }) => ({
      from,
      to,
      height: value === full ? 1 : 0.5,
      isLesser: value === half,
    })),
    limitHeight: null,
    note: shown
      .map(({ from, to, value }) => `${stateWords[value] ?? value} ${Math.round(from)}–${Math.round(to)} s`)
      .join(', '),
  };
}

const stateWords: Partial<Record<string, string>> = { ALARM: 'in alarm', INSUFFICIENT_DATA: 'no data' };

/** Whole seconds at which the axis is marked: six at most after zero. */
export function axisTicks(seconds: number): number[] {
  const steps = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200];
  const step = steps.find((one) => seconds / one <= 6) ?? Math.ceil(seconds / 6 / 3_600) * 3_600;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step);
}
