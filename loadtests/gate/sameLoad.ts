import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import type { Measurement } from '../../monitoring/measurement.ts';
import { measurementsOf } from '../../monitoring/measurements.ts';
import type { RunFile } from '../../records/run.ts';
import type { VerdictRecord } from '../../records/verdict.ts';
import { flowMeasurementsOf, type Values } from './headroom/measuredUse.ts';
import type { HeldPeriods } from './heldPeriods.ts';
import { countsWithin, requestsBySecond, type Second } from './seconds.ts';

/** Share of a run's good answers that CloudWatch must have seen the function give: the seconds of a run and
 * CloudWatch's periods overlap by parts. */
const seenPercent = 80;

/**
 * By what CloudWatch counts a system's load: its function's invocations, or the requests to its API where nobody named
 * the function. Null where neither is named.
 */
export function loadCountOf(
  system: MonitoredSystem,
  periodSeconds: number,
): { of: 'invocations' | 'requests'; measurement: Measurement } | null {
  const { invocations } = flowMeasurementsOf(system, periodSeconds);
  if (invocations) return { of: 'invocations', measurement: invocations };
  const { requests } = measurementsOf(system, periodSeconds);
  return requests ? { of: 'requests', measurement: requests } : null;
}

/**
 * Whether what CloudWatch says is about this load at all: each good answer took an invocation. Fewer of them are the
 * metrics of another stage, of another deployment, or of another time, since a clock was wrong. More are other
 * callers'. Of a system whose function nobody named the requests to its API are counted. Without a count it is not known
 * of any metric that it is of this load; nor is it where the script took answers for right of which none has a 2xx status,
 * since no function need have given those. Null for a hold without an answer that was right, which other questions ask
 * about.
 */
export function askSameLoad(
  system: string,
  run: RunFile,
  counts: { of: 'invocations' | 'requests'; values: Values },
  { startsMs, periodSeconds }: HeldPeriods,
): VerdictRecord | null {
  const good = requestsBySecond(run, system, goodIn);
  const runStartMs = Date.parse(run.windows.run.start);
  const periodMs = periodSeconds * 1_000;
  const goodAnswers = (of: readonly number[]): number =>
    of
      .flatMap((startMs) => countsWithin(good, runStartMs, { startMs, endMs: startMs + periodMs }))
      .reduce((sum, count) => sum + count, 0);
  if (goodAnswers(startsMs) === 0) {
    const { requests = 0, failed = 0 } = run.systems.find((each) => each.system === system)?.hold ?? {};
    return requests > failed
      ? { ...sameLoad(system), verdict: 'inconclusive', worst: 0, reason: noneGood }
      : null;
  }
  const known = startsMs.filter((startMs) => counts.values.has(startMs));
  const answers = goodAnswers(known);
  const counted = known.reduce((sum, startMs) => sum + (counts.values.get(startMs) ?? 0), 0);
  const worst = (counted / answers) * 100;
  const record = { ...sameLoad(system), worst };
  if (answers === 0) {
    const reason = `CloudWatch counted no ${counts.of} for the hold: it is not known whether its metrics belong to this load.`;
    return { ...record, verdict: 'inconclusive', worst: null, reason };
  }
  const without = startsMs.length - known.length;
  const gaps =
    without === 0
      ? ''
      : ` Of ${without} of ${startsMs.length} periods of ${periodSeconds} s it has no count.`;
  return worst >= seenPercent
    ? {
        ...record,
        verdict: 'pass',
        reason: `CloudWatch counted the ${counts.of} that this load caused.${gaps}`,
      }
    : {
        ...record,
        verdict: 'inconclusive',
        reason:
          `CloudWatch counted ${Math.round(counted)} ${counts.of} where the run had ${Math.round(answers)} good answers: these are not ` +
          `this load's metrics, or a clock was wrong.${gaps}`,
      };
}

const sameLoad = (system: string) =>
  ({ system, signal: 'sameLoad', limit: seenPercent, headroom: null, unit: 'percent' }) as const;

const noneGood =
  'No answer had a 2xx status, though the script took some as right: it is not known whether the system saw this load.';

const goodIn = ({ statuses }: Second): number =>
  Object.entries(statuses).reduce((of, [status, count]) => (status.startsWith('2') ? of + count : of), 0);
