import { mean } from '../../core/statistics.ts';
import { toReaderUnit } from '../../monitoring/signals.ts';
import type { RunFile } from '../../records/run.ts';
import type { Question } from './questions.ts';
import { countsWithin, takenBySecond } from './seconds.ts';
import type { SignalReading } from './signalQuestion.ts';
import type { Point } from './straightLine.ts';

/** A period counts when the run's seconds cover this share of it at least. */
const coveredShare = 0.5;

/**
 * What a system was given of one of the run's loads, a second: requests that it answered, or messages that SNS
 * acknowledged. By the period's start, of periods that the run covers.
 */
export function loadByPeriod(
  run: RunFile,
  system: string,
  startsMs: Iterable<number>,
  periodSeconds: number,
  load: Question['load'],
): Map<number, number> {
  const periodMs = periodSeconds * 1_000;
  const runStartMs = Date.parse(run.windows.run.start);
  const taken = takenBySecond(run, system, load);
  const loads = new Map<number, number>();
  for (const startMs of startsMs) {
    const seconds = countsWithin(taken, runStartMs, { startMs, endMs: startMs + periodMs });
    if (seconds.length < coveredShare * periodSeconds) continue;
    loads.set(startMs, mean(seconds));
  }
  return loads;
}

/** A signal in percent at the load a second of the same period, for the periods that have both. */
export const pointsOf = (
  { metricSignal, values }: Pick<SignalReading, 'metricSignal' | 'values'>,
  loads: ReadonlyMap<number, number>,
): Point[] =>
  [...values].flatMap(([startMs, value]) => {
    const x = loads.get(startMs);
    return x === undefined ? [] : [{ x, y: toReaderUnit(metricSignal, value) }];
  });
