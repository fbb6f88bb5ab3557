import { each, mapped, SeriesList, timesOf, valueAt, type MathValue, type TimeSeries } from './mathValue.ts';

/** How FILL closes a gap from the values beside it. */
export type GapRule = 'REPEAT' | 'LINEAR';

/** How many arguments a function takes. */
interface Arity {
  from: number;
  to: number;
}

const one = { from: 1, to: 1 };

/** CloudWatch's functions of values; METRICS and FILL, which take words too, are in the grammar. The rest are refused. */
const arities = {
  ABS: one,
  AVG: one,
  CEIL: one,
  DIFF: one,
  FLOOR: one,
  IF: { from: 2, to: 3 },
  MAX: one,
  MIN: one,
  PERIOD: one,
  RATE: one,
  RUNNING_SUM: one,
  SUM: one,
} as const satisfies Record<string, Arity>;

export type FunctionName = keyof typeof arities;

export const functionNames = Object.keys(arities);

export const isFunctionName = (name: string): name is FunctionName => Object.hasOwn(arities, name);

export const takes = (name: FunctionName): Arity => arities[name];

/** Functions of one value that ask for nothing beside it. */
export const functionsOfOne = {
  ABS: (value: MathValue) => mapped(value, Math.abs),
  CEIL: (value: MathValue) => mapped(value, Math.ceil),
  FLOOR: (value: MathValue) => mapped(value, Math.floor),
  RATE: (value: MathValue) => gains(value, (gained, elapsedMs) => gained / (elapsedMs / 1_000)),
  DIFF: (value: MathValue) => gains(value, (gained) => gained),
  RUNNING_SUM: (value: MathValue) => each(value, { constant: (constant) => constant, series: runningSum }),
  SUM: (value: MathValue) => reduced(value, sumOf, sumOf),
  // Of several series, what one of them lacks counts as zero; of one, what is there.
  AVG: (value: MathValue) =>
    reduced(
      value,
      (values) => sumOf(values) / values.length,
      (values, count) => sumOf(values) / count,
    ),
  MIN: (value: MathValue) => reduced(value, leastOf, leastOf),
  MAX: (value: MathValue) => reduced(value, mostOf, mostOf),
};

export const isOfOne = (name: FunctionName): name is keyof typeof functionsOfOne =>
  Object.hasOwn(functionsOfOne, name);

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
/** Of nothing there is none. */
const leastOf = (values: readonly number[]): number =>
  values.length === 0 ? NaN : values.reduce((least, value) => Math.min(least, value));
const mostOf = (values: readonly number[]): number =>
  values.length === 0 ? NaN : values.reduce((most, value) => Math.max(most, value));

/** One number of a series' values; of several series one series, from the values of each time. */
function reduced(
  value: MathValue,
  ofOne: (values: readonly number[]) => number,
  ofSeveral: (values: readonly number[], count: number) => number,
): MathValue {
  if (typeof value === 'number') return value;
  if (!(value instanceof SeriesList)) return ofOne(value.map((point) => point.value));
  const at = value.items.map(valueAt);
  return timesOf(value.items).map((timestampMs) => {
    const there = at.map((read) => read(timestampMs)).filter((each_) => each_ !== undefined);
    return { timestampMs, value: ofSeveral(there, value.items.length) };
  });
}

/** What a series gains from one value to the next, from the second on. A constant gains nothing. */
function gains(value: MathValue, calculate: (gained: number, elapsedMs: number) => number): MathValue {
  const ofSeries = (series: TimeSeries): TimeSeries =>
    series.slice(1).map(({ timestampMs, value: now }, index) => {
      const before = series[index]!;
      return { timestampMs, value: calculate(now - before.value, timestampMs - before.timestampMs) };
    });
  return each(value, { constant: () => 0, series: ofSeries });
}

function runningSum(series: TimeSeries): TimeSeries {
  let sum = 0;
  return series.map(({ timestampMs, value }) => ({ timestampMs, value: (sum += value) }));
}

/**
 * A value for each of the times: a series' own, or what fills the gap: a constant, another series' value, the one
 * before it (`REPEAT`), or what lies between both ends (`LINEAR`). What cannot be filled stays a gap.
 */
export function filled(
  series: TimeSeries,
  times: readonly number[],
  filler: number | TimeSeries | GapRule,
): TimeSeries {
  const own = valueAt(series);
  const other = typeof filler === 'string' ? undefined : valueAt(filler);
  let next = 0;
  return times.flatMap((timestampMs) => {
    while ((series[next]?.timestampMs ?? Infinity) <= timestampMs) next += 1;
    const before = series[next - 1];
    const after = series[next];
    const value =
      own(timestampMs) ??
      other?.(timestampMs) ??
      (filler === 'REPEAT'
        ? before?.value
        : filler === 'LINEAR'
          ? between(before, after, timestampMs)
          : undefined);
    return value === undefined || Number.isNaN(value) ? [] : [{ timestampMs, value }];
  });
}

function between(
  before: TimeSeries[number] | undefined,
  after: TimeSeries[number] | undefined,
  timestampMs: number,
): number | undefined {
  if (!before || !after) return undefined;
  const share = (timestampMs - before.timestampMs) / (after.timestampMs - before.timestampMs);
  return before.value + share * (after.value - before.value);
}

/**
 * Chooses by a condition, which is false where it is zero: at each time of a series, or once. A series that lacks what
 * is chosen where the condition is true counts as zero there; where it is false there is none.
 */
export function chosen(
  condition: number | TimeSeries,
  whenTrue: number | TimeSeries,
  whenFalse: number | TimeSeries | undefined,
): number | TimeSeries {
  if (typeof condition === 'number') return condition === 0 ? (whenFalse ?? []) : whenTrue;
  const trueAt = valueAt(whenTrue);
  const falseAt = valueAt(whenFalse ?? []);
  return condition.flatMap(({ timestampMs, value }) => {
    const ifTrue = trueAt(timestampMs);
    const ifFalse = falseAt(timestampMs);
    const picked = value === 0 ? ifFalse : (ifTrue ?? 0);
    return picked === undefined ? [] : [{ timestampMs, value: picked }];
  });
}
