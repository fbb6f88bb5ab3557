import { mean } from '../../core/statistics.ts';
import { toReaderUnit } from '../../monitoring/signals.ts';
import type { RunFile } from '../../records/run.ts';
import { answeredIn } from './seconds.ts';
import type { SignalReading } from './signalQuestion.ts';
import type { Point } from './straightLine.ts';

/** A period counts when the run's seconds cover this share of it at least. */
const coveredShare = 0.5;

/** Requests a second that the system answered, by the period's start, of periods that the run covers. */
export function loadByPeriod(
  run: RunFile,
  system: string,
  startsMs: Iterable<number>,
  periodSeconds: number,
): Map<number, number> {
  const periodMs = periodSeconds * 1_000;
  const runStartMs = Date.parse(run.windows.run.start);
  const answered = new Map(
    run.systems
      .find((candidate) => candidate.system === system)
      ?.series.map((second) => [second.second, answeredIn(second)]),
  );
  const loads = new Map<number, number>();
  for (const startMs of startsMs) {
    const first = Math.ceil((startMs - runStartMs) / 1_000);
    const end = Math.floor((startMs + periodMs - runStartMs) / 1_000);
    const seconds = Array.from({ length: end - first }, (_, index) => answered.get(first + index)).filter(
      (count) => count !== undefined,
    );
    if (seconds.length < coveredShare * periodSeconds) continue;
    loads.set(startMs, mean(seconds));
  }
  return loads;
}

/** A signal in percent at the requests a second of the same period, for the periods that have both. */
export const pointsOf = (
  { metricSignal, values }: Pick<SignalReading, 'metricSignal' | 'values'>,
  loads: ReadonlyMap<number, number>,
): Point[] =>
  [...values].flatMap(([startMs, value]) => {
    const x = loads.get(startMs);
    return x === undefined ? [] : [{ x, y: toReaderUnit(metricSignal, value) }];
  });
