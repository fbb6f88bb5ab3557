import { toReaderUnit } from '../../monitoring/signals.ts';
import type { RunFile } from '../runFile.ts';
import type { SignalReading } from './signalQuestion.ts';
import { crossingOf, type Point } from './straightLine.ts';
import type { Capacity } from './verdictFile.ts';

/** A period counts when the run's seconds cover this share of it at least. */
const coveredShare = 0.5;

/**
 * The resource of a system that binds first, and the load at which it reaches its limit: where a straight line
 * through the periods of ramp and hold gets there. What grows faster than the load gets there sooner.
 * @param readings every signal of the system, over ramp and hold
 */
export function capacityOf(
  run: RunFile,
  {
    system,
    readings,
    periodSeconds,
  }: { system: string; readings: readonly SignalReading[]; periodSeconds: number },
): Capacity {
  const startsMs = new Set(readings.flatMap(({ values }) => [...values.keys()]));
  const loads = loadByPeriod(run, system, startsMs, periodSeconds);
  const [first] = readings
    .filter(({ signal }) => signal.growsWithLoad)
    .flatMap(({ signal, values }) => {
      const points = [...values].flatMap(([startMs, value]): Point[] => {
        const x = loads.get(startMs);
        return x === undefined ? [] : [{ x, y: toReaderUnit(signal, value) }];
      });
      const crossing = crossingOf(points, signal.limit);
      return crossing ? [{ signal, crossing }] : [];
    })
    .toSorted((a, b) => a.crossing.x - b.crossing.x);
  return {
    system,
    seenPerSecond: Math.max(0, ...loads.values()),
    bindsFirst: first
      ? {
          signal: first.signal.id,
          limit: first.signal.limit,
          atPerSecond: first.crossing.x,
          lowPerSecond: first.crossing.low,
          highPerSecond: first.crossing.high,
        }
      : null,
  };
}

/** Requests a second that the system answered, by the period's start, of periods that the run covers. */
function loadByPeriod(
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
      ?.series.map(({ second, statuses }) => [
        second,
        Object.entries(statuses).reduce((sum, [status, count]) => sum + (status === '0' ? 0 : count), 0),
      ]),
  );
  const loads = new Map<number, number>();
  for (const startMs of startsMs) {
    const first = Math.ceil((startMs - runStartMs) / 1_000);
    const end = Math.floor((startMs + periodMs - runStartMs) / 1_000);
    const seconds = Array.from({ length: end - first }, (_, index) => answered.get(first + index)).filter(
      (count) => count !== undefined,
    );
    if (seconds.length < coveredShare * periodSeconds) continue;
    loads.set(startMs, seconds.reduce((sum, count) => sum + count, 0) / seconds.length);
  }
  return loads;
}
