import { toReaderUnit, type MetricSignal } from '../../monitoring/signals.ts';
import { holdSecondsFor, type HeldPeriods } from './heldPeriods.ts';
import type { VerdictRecord } from '../../records/verdict.ts';

/** What CloudWatch says of one signal of one system. */
export interface SignalReading {
  system: string;
  metricSignal: MetricSignal;
  /** Values in the metric's own unit by the period's start in milliseconds; a missing period has none. */
  values: ReadonlyMap<number, number>;
  /** What CloudWatch said beside them: why some are missing. */
  remark: string | undefined;
  /** Starts of the periods in which the run got answers from the system. */
  withRequests: ReadonlySet<number>;
}

/**
 * Starts of the periods whose missing value cannot be explained. A signal that is published only while
 * something runs may be silent where the run got no answers; every other silence is missing data.
 */
export const unexplainedGaps = (
  { metricSignal, values, withRequests }: SignalReading,
  { startsMs }: HeldPeriods,
): number[] =>
  startsMs.filter(
    (startMs) =>
      !values.has(startMs) && (metricSignal.missingData !== 'notBreaching' || withRequests.has(startMs)),
  );

/**
 * The alarm's own question over the hold: were M of N periods in a row at or over the limit? Without
 * every datapoint the answer is inconclusive, whatever the others say.
 */
export function askSignal(reading: SignalReading, periods: HeldPeriods): VerdictRecord {
  const { system, metricSignal } = reading;
  const { limit, unit } = metricSignal;
  const values = valuesOver(reading, periods);
  const present = values.filter((value) => value !== null);
  const worst = present.length === 0 ? null : Math.max(...present);
  const doubt = whyInconclusive(reading, periods, values);
  const { verdict, reason } =
    doubt === null
      ? wouldAlarm(metricSignal, periods, values)
      : { verdict: 'inconclusive' as const, reason: doubt };
  return {
    system,
    signal: metricSignal.id,
    verdict,
    worst,
    limit,
    headroom: worst === null ? null : limit - worst,
    unit,
    reason,
  };
}

/** Of each period of the hold, in the reader's unit; null where there is none. */
type HeldValues = readonly (number | null)[];

const valuesOver = ({ metricSignal, values }: SignalReading, { startsMs }: HeldPeriods): HeldValues =>
  startsMs.map((startMs) => {
    const value = values.get(startMs);
    return value === undefined ? null : toReaderUnit(metricSignal, value);
  });

/** What keeps the alarm's question open; null for nothing. */
function whyInconclusive(reading: SignalReading, periods: HeldPeriods, values: HeldValues): string | null {
  const { evaluationPeriods: asked, limit } = reading.metricSignal;
  const length = lengthOf(periods);
  if (values.length < asked) {
    return (
      `The hold has ${values.length} whole ${length} and the alarm asks about ${asked}: ` +
      `hold for at least ${holdSecondsFor(asked, periods.periodSeconds)} s.`
    );
  }
  const why = reading.remark === undefined ? '' : ` ${reading.remark}`;
  if (values.every((value) => value === null)) return `CloudWatch has no data for the hold.${why}`;
  const gaps = unexplainedGaps(reading, periods).length;
  if (gaps === 0) return null;
  const over = overLimit(values, limit).filter(Boolean).length;
  const known = over > 0 ? `; ${over} of the others reached the limit` : '';
  return `${gaps} of ${values.length} ${length} have no data${known}.${why}`;
}

/** Whether M of N periods in a row reached the limit. */
function wouldAlarm(
  { limit, evaluationPeriods: asked, datapointsToAlarm: needed }: MetricSignal,
  periods: HeldPeriods,
  values: HeldValues,
): { verdict: 'pass' | 'fail'; reason: string } {
  const length = lengthOf(periods);
  const over = overLimit(values, limit);
  const most = mostWithin(over, asked);
  if (most >= needed) {
    return {
      verdict: 'fail',
      reason: `${most} of ${asked} ${length} in a row reached the limit; ${needed} are an alarm.`,
    };
  }
  const total = over.filter(Boolean).length;
  const reason =
    total === 0
      ? `Below the limit in all ${values.length} ${length}.`
      : `The limit was reached in ${total} of ${values.length} ${length}, but never in ${needed} of ${asked} in a row.`;
  return { verdict: 'pass', reason };
}

const lengthOf = ({ periodSeconds }: HeldPeriods): string => `periods of ${periodSeconds} s`;

const overLimit = (values: HeldValues, limit: number): boolean[] =>
  values.map((value) => value !== null && value >= limit);

/** The most true values in any `length` neighbours. */
const mostWithin = (values: readonly boolean[], length: number): number =>
  Math.max(0, ...values.map((_, start) => values.slice(start, start + length).filter(Boolean).length));
