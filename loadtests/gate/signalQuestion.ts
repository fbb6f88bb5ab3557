import { limits } from '../../monitoring/limits.ts';
import { toReaderUnit } from '../../monitoring/signals.ts';
import { holdSecondsFor, type HeldPeriods } from './heldPeriods.ts';
import type { Question } from './questions.ts';
import type { VerdictRecord } from '../../records/verdict.ts';

/** What CloudWatch says of one question about one system. */
export interface SignalReading {
  system: string;
  metricSignal: Question;
  /** Plausible values in the metric's own unit by the period's start in milliseconds; a missing period has none. */
  values: ReadonlyMap<number, number>;
  /** Starts of the periods in which the run's load of this kind was answered by the system. */
  underLoad: ReadonlySet<number>;
  /** Starts of the periods of which it is known that what was not published was not there. */
  heard: ReadonlySet<number>;
  /** Why what CloudWatch said of other periods is no data; null where it said nothing implausible. */
  implausible: string | null;
  /** What CloudWatch said beside the values: why some are missing. */
  remark: string | undefined;
}

/** Starts of the periods whose missing value cannot be explained. */
export const unexplainedGaps = (
  { metricSignal: { silence, asks }, values, underLoad, heard, implausible }: SignalReading,
  { startsMs }: HeldPeriods,
): number[] => {
  // What has grown by the last value had not grown by more before: nothing leaves such a queue by itself.
  const known = asks === 'growth' ? Math.max(...values.keys()) : Number.NEGATIVE_INFINITY;
  return startsMs.filter((startMs) => {
    if (values.has(startMs)) return false;
    if (silence === 'gap' || implausible !== null) return true;
    if (silence === 'nothing' && (heard.has(startMs) || startMs < known)) return false;
    return underLoad.has(startMs);
  });
};

/**
 * Whether the reserve was kept over the hold. An alarm asks for several periods in a row, so as not to wake
 * anybody for a slow minute; a proof is about what was used: a period at its limit or beyond is one without a
 * reserve. Of many periods one in `limits.gate.periodsPerExcess` may be, and is then said. What is proven to have
 * failed has failed, whatever else is not known; without every reading nothing has passed.
 */
export function askSignal(reading: SignalReading, periods: HeldPeriods): VerdictRecord {
  const { system, metricSignal } = reading;
  const { limit, unit, mayExceed } = metricSignal;
  const total = periods.startsMs.length;
  const present = heldValues(reading, periods).toSorted((a, b) => b - a);
  const over = present.filter((value) => value >= limit).length;
  const allowed = mayExceed ? Math.floor(total / limits.gate.periodsPerExcess) : 0;
  const unknown = whyUnknown(reading, periods);
  // Whatever may be passed over is no measure of the reserve of the rest.
  const decisive = present[over <= allowed ? over : 0] ?? present.at(-1) ?? null;
  const answer = (verdict: VerdictRecord['verdict'], reason: string): VerdictRecord => ({
    system,
    signal: metricSignal.id,
    verdict,
    worst: present[0] ?? null,
    limit,
    headroom: decisive === null ? null : limit - decisive,
    unit,
    reason: metricSignal.isEstimate && verdict !== 'inconclusive' ? `${reason} An estimate.` : reason,
  });

  const length = lengthOf(periods);
  const reached = `The limit was reached in ${over} of ${total} ${length}`;
  if (over > allowed) {
    const bound = allowed === 0 ? 'none may' : `at most ${allowed} may`;
    return answer('fail', `${reached}, and ${bound}.${unknown === null ? '' : ` Also: ${unknown}`}`);
  }
  if (unknown !== null) return answer('inconclusive', unknown);
  return over === 0
    ? answer('pass', `Below the limit in all ${total} ${length}.`)
    : answer('pass', `${reached}; of so many, ${allowed} may, and the headroom is that of the others.`);
}

/** What is compared with the limit in each period that has a value, or none for a known reason, in the reader's unit. */
function heldValues(reading: SignalReading, periods: HeldPeriods): number[] {
  const { metricSignal, values } = reading;
  const before = metricSignal.asks === 'growth' ? firstOf(values) : 0;
  const gaps = new Set(unexplainedGaps(reading, periods));
  return periods.startsMs.flatMap((startMs) => {
    const value = values.get(startMs);
    if (value !== undefined) return [toReaderUnit(metricSignal, value - before)];
    return metricSignal.silence === 'nothing' && !gaps.has(startMs) ? [0] : [];
  });
}

/** What there was as the run began: nothing where nothing was published. */
const firstOf = (values: ReadonlyMap<number, number>): number => {
  const first = Math.min(...values.keys());
  return values.get(first) ?? 0;
};

/** What keeps the question open; null for nothing. */
function whyUnknown(reading: SignalReading, periods: HeldPeriods): string | null {
  const { metricSignal, values, implausible, remark } = reading;
  const total = periods.startsMs.length;
  const fewest = limits.gate.fewestPeriods;
  const length = lengthOf(periods);
  if (total < fewest) {
    return (
      `The hold has ${total} whole ${length} and at least ${fewest} are needed: ` +
      `hold for at least ${holdSecondsFor(fewest, periods.periodSeconds)} s.`
    );
  }
  const gaps = unexplainedGaps(reading, periods).length;
  const held = periods.startsMs.some((startMs) => values.has(startMs));
  const data = implausible === null ? 'data' : 'plausible data';
  const because =
    (implausible === null ? '.' : `: ${implausible}.`) + (remark === undefined ? '' : ` ${remark}`);
  if (!held && metricSignal.silence !== 'nothing') return `CloudWatch has no ${data} for the hold${because}`;
  return gaps === 0 ? null : `${gaps} of ${total} ${length} have no ${data}${because}`;
}

const lengthOf = ({ periodSeconds }: HeldPeriods): string => `periods of ${periodSeconds} s`;
