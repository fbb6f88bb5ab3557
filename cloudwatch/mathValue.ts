import { invalidParameterValue } from './errors.ts';
import type { Datapoint } from './metricStore.ts';

/** A time series, oldest first. */
export type TimeSeries = readonly Datapoint[];

/** Several time series, which functions take one by one or make one of. */
export class SeriesList {
  readonly items: readonly TimeSeries[];
  /** What each is called; empty for one without a name. */
  readonly names: readonly string[];

  constructor(items: readonly TimeSeries[], names: readonly string[]) {
    this.items = items;
    this.names = names;
  }

  map(change: (series: TimeSeries) => TimeSeries): SeriesList {
    return new SeriesList(this.items.map(change), this.names);
  }
}

/** What an expression comes to: a constant, a series, or several. */
export type MathValue = number | TimeSeries | SeriesList;

/** Applies a function of series to a series, or to each of several; a constant stays for the caller to say. */
export function each(
  value: MathValue,
  { constant, series }: { constant: (value: number) => number; series: (series: TimeSeries) => TimeSeries },
): MathValue {
  if (typeof value === 'number') return constant(value);
  return value instanceof SeriesList ? value.map(series) : series(value);
}

/** Applies a function of a value to each. */
export const mapped = (value: MathValue, calculate: (value: number) => number): MathValue =>
  each(value, { constant: calculate, series: (series) => mapSeries(series, calculate) });

const mapSeries = (series: TimeSeries, calculate: (value: number) => number): TimeSeries =>
  finite(series.map(({ timestampMs, value }) => ({ timestampMs, value: calculate(value) })));

/** A value that is no number, as of a division by zero, leaves a gap. */
export const finite = (series: TimeSeries): TimeSeries =>
  series.filter(({ value }) => Number.isFinite(value));

/** Applies an operator; of two series the one that lacks a value where the other has one counts as zero there. */
export function combined(
  left: MathValue,
  right: MathValue,
  calculate: (left: number, right: number) => number,
): MathValue {
  if (left instanceof SeriesList && right instanceof SeriesList) {
    throw invalidParameterValue(
      'Expression: an operator takes a list of series with one series or a constant, not with another list',
    );
  }
  if (left instanceof SeriesList) {
    return left.map((item) => combinedSeries(item, right as TimeSeries | number, calculate));
  }
  if (right instanceof SeriesList) {
    return right.map((item) => combinedSeries(left, item, calculate));
  }
  if (typeof left === 'number' && typeof right === 'number') return calculate(left, right);
  return combinedSeries(left, right, calculate);
}

/** At least one of both is a series. */
function combinedSeries(
  left: TimeSeries | number,
  right: TimeSeries | number,
  calculate: (left: number, right: number) => number,
): TimeSeries {
  if (typeof left === 'number') return mapSeries(right as TimeSeries, (value) => calculate(left, value));
  if (typeof right === 'number') return mapSeries(left, (value) => calculate(value, right));
  const leftAt = valueAt(left);
  const rightAt = valueAt(right);
  return finite(
    timesOf([left, right]).map((timestampMs) => ({
      timestampMs,
      value: calculate(leftAt(timestampMs) ?? 0, rightAt(timestampMs) ?? 0),
    })),
  );
}

/** Every time at which one of the series has a value, in order. */
export function timesOf(items: readonly TimeSeries[]): number[] {
  const [first, ...others] = items;
  if (first && others.every((other) => hasSameTimes(first, other)))
    return first.map(({ timestampMs }) => timestampMs);
  const times = new Set(items.flatMap((item) => item.map(({ timestampMs }) => timestampMs)));
  return [...times].sort((a, b) => a - b);
}

const hasSameTimes = (a: TimeSeries, b: TimeSeries): boolean =>
  a.length === b.length && a.every(({ timestampMs }, index) => b[index]?.timestampMs === timestampMs);

/** Reads a series, or a constant, at times that only go forward. */
export function valueAt(value: TimeSeries | number): (timestampMs: number) => number | undefined {
  if (typeof value === 'number') return () => value;
  let index = 0;
  return (timestampMs) => {
    while ((value[index]?.timestampMs ?? Infinity) < timestampMs) index += 1;
    const point = value[index];
    return point?.timestampMs === timestampMs ? point.value : undefined;
  };
}
