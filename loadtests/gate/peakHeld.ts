import type { RunFile } from '../../records/run.ts';
import { coarseSeries } from './coarseSeries.ts';
import type { HeldPeriods } from './heldPeriods.ts';
import { sentenceOf } from './runDoubts.ts';
import { acknowledgedBySecond, countsWithin, requestsBySecond, requestsIn } from './seconds.ts';

/** What a system was to be sent in each period of a hold. */
export interface DuePeak {
  system: string;
  what: 'requests' | 'messages';
  /** The expected peak. */
  perSecond: number;
  /** How many of them an iteration sends. */
  atOnce: number;
}

/**
 * Why the mean of a hold is no peak that was held: whatever made the load, be it a user's script or one of the service's
 * own for a profile, may have sent all of it at once. Null where something like the peak was sent in each period.
 */
export function whyNotHeld(
  run: RunFile,
  due: DuePeak,
  { startsMs, periodSeconds }: HeldPeriods,
): string | null {
  const recorded = due.what === 'requests' ? recordedByPeriod(run, due.system, periodSeconds) : null;
  const sentIn = recorded ?? sumsOfSeries(run, due, periodSeconds);
  // One iteration may fall on either side of the period's edge.
  const least = (due.perSecond * periodSeconds) / 2 - due.atOnce;
  const idle = startsMs.filter((startMs) => sentIn(startMs) < least);
  if (idle.length > 0) {
    const peak = due.what === 'requests' ? 'the expected peak' : 'the expected peak of messages';
    return (
      `In ${idle.length} of ${startsMs.length} periods of ${periodSeconds} s less than half of ${peak} was sent: ` +
      'it was reached on average, but not held.'
    );
  }
  const unknown = recorded === null ? coarseSeries(run, periodSeconds) : null;
  return unknown === null ? null : sentenceOf(unknown);
}

type SentIn = (startMs: number) => number;

/** As they were counted by these periods; null where they were not. */
function recordedByPeriod(run: RunFile, system: string, periodSeconds: number): SentIn | null {
  const { periods } = run.systems.find((one) => one.system === system) ?? {};
  if (periods?.requests === undefined || periods.seconds !== periodSeconds) return null;
  const counts = new Map(periods.requests.map(({ start, count }) => [Date.parse(start), count]));
  return (startMs) => counts.get(startMs) ?? 0;
}

function sumsOfSeries(run: RunFile, { system, what }: DuePeak, periodSeconds: number): SentIn {
  const bySecond =
    what === 'requests' ? requestsBySecond(run, system, requestsIn) : acknowledgedBySecond(run, system);
  const runStartMs = Date.parse(run.windows.run.start);
  return (startMs) =>
    countsWithin(bySecond, runStartMs, { startMs, endMs: startMs + periodSeconds * 1_000 }).reduce(
      (sum, count) => sum + count,
      0,
    );
}
