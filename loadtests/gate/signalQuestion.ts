import { toReaderUnit, type Signal } from '../../monitoring/signals.ts';
import { holdSecondsFor, type HeldPeriods } from './heldPeriods.ts';
import type { VerdictRecord } from '../../records/verdict.ts';

/** What CloudWatch says of one signal of one system. */
export interface SignalReading {
  system: string;
  signal: Signal;
  /** Values in the metric's own unit by the period's start in milliseconds; a missing period has none. */
  values: ReadonlyMap<number, number>;
  /** Starts of the periods in which the run got answers from the system. */
  withRequests: ReadonlySet<number>;
}

/**
 * Starts of the periods whose missing value cannot be explained. A signal that is published only while
 * something runs may be silent where the run got no answers; every other silence is missing data.
 */
export const unexplainedGaps = (
  { signal, values, withRequests }: SignalReading,
  { startsMs }: HeldPeriods,
): number[] =>
  startsMs.filter(
    (startMs) => !values.has(startMs) && (signal.missingData !== 'notBreaching' || withRequests.has(startMs)),
  );

/**
 * The alarm's own question over the hold: were M of N periods in a row at or over the limit? Without
 * every datapoint the answer is inconclusive, whatever the others say.
 */
export function askSignal(reading: SignalReading, periods: HeldPeriods): VerdictRecord {
  const { system, signal } = reading;
  const { limit, unit, evaluationPeriods: asked, datapointsToAlarm: needed } = signal;
  const values = periods.startsMs.map((startMs) => {
    const value = reading.values.get(startMs);
    return value === undefined ? null : toReaderUnit(signal, value);
  });
  const present = values.filter((value) => value !== null);
  const worst = present.length === 0 ? null : Math.max(...present);
  const answer = (verdict: VerdictRecord['verdict'], reason: string): VerdictRecord => ({
    system,
    signal: signal.id,
    verdict,
    worst,
    limit,
    headroom: worst === null ? null : limit - worst,
    unit,
    reason,
  });

  const total = values.length;
  const length = `periods of ${periods.periodSeconds} s`;
  if (total < asked) {
    return answer(
      'inconclusive',
      `The hold has ${total} whole ${length} and the alarm asks about ${asked}: ` +
        `hold for at least ${holdSecondsFor(asked, periods.periodSeconds)} s.`,
    );
  }
  const over = values.map((value) => value !== null && value >= limit);
  const most = mostWithin(over, asked);
  const overTotal = over.filter(Boolean).length;
  if (present.length === 0) return answer('inconclusive', 'CloudWatch has no data for the hold.');
  const gaps = unexplainedGaps(reading, periods).length;
  if (gaps > 0) {
    const known = overTotal > 0 ? `; ${overTotal} of the others reached the limit` : '';
    return answer('inconclusive', `${gaps} of ${total} ${length} have no data${known}.`);
  }
  if (most >= needed) {
    return answer(
      'fail',
      `${most} of ${asked} ${length} in a row reached the limit; ${needed} are an alarm.`,
    );
  }
  return overTotal === 0
    ? answer('pass', `Below the limit in all ${total} ${length}.`)
    : answer(
        'pass',
        `The limit was reached in ${overTotal} of ${total} ${length}, but never in ${needed} of ${asked} in a row.`,
      );
}

/** The most true values in any `length` neighbours. */
const mostWithin = (values: readonly boolean[], length: number): number =>
  Math.max(0, ...values.map((_, start) => values.slice(start, start + length).filter(Boolean).length));
