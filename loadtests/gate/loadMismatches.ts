import { limits } from '../../monitoring/limits.ts';
import { toReaderUnit, type SignalId } from '../../monitoring/signals.ts';
import type { HeldPeriods } from './heldPeriods.ts';
import { pointsOf } from './loadByPeriod.ts';
import type { Question } from './questions.ts';
import type { SignalReading } from './signalQuestion.ts';
import { lineValueAt, riseOf } from './straightLine.ts';
import type { LoadMismatch } from '../../records/verdict.ts';

/** What a leak fills. Disk grows with the data, and concurrency by whole places: too coarse to call it growth. */
const filledByLeaks: readonly string[] = [
  'databaseMemory',
  'databaseConnections',
  'functionMemory',
  'subscriberMemory',
] satisfies SignalId[];

/** Known at no load only where the load was seen at this share of its most or below. */
const lowLoadShare = 0.5;

const { cpuAtNoLoadPercent, growthPoints } = limits.loadMismatch;

/**
 * Where a system's load and its use disagree: the signs of a bug (CPU that is used before any request) and of a
 * leak (what grows while the load does not).
 * @param readings every signal of the system, over ramp and hold
 * @param loads what was given of a load a second, by the period's start
 */
export function loadMismatchesOf(
  system: string,
  readings: readonly SignalReading[],
  loads: (load: Question['load']) => ReadonlyMap<number, number>,
  hold: HeldPeriods,
): LoadMismatch[] {
  return readings.flatMap((reading): LoadMismatch[] => {
    const { metricSignal } = reading;
    const used =
      metricSignal.id === 'databaseCpu' ? usedAtNoLoad(reading, loads(metricSignal.load)) : undefined;
    const growth = filledByLeaks.includes(metricSignal.id) ? growthOverHold(reading, hold) : undefined;
    return [
      ...(used ? [{ system, signal: metricSignal.id, kind: 'atNoLoad' as const, ...used }] : []),
      ...(growth ? [{ system, signal: metricSignal.id, kind: 'atConstantLoad' as const, ...growth }] : []),
    ];
  });
}

interface Span {
  from: number;
  to: number;
}

function usedAtNoLoad(reading: SignalReading, loads: ReadonlyMap<number, number>): Span | undefined {
  const points = pointsOf(reading, loads);
  const xs = points.map(({ x }) => x);
  const most = Math.max(...xs);
  if (!(Math.min(...xs) <= lowLoadShare * most)) return undefined;
  const from = lineValueAt(points, 0);
  const to = lineValueAt(points, most);
  return from !== undefined && to !== undefined && from >= cpuAtNoLoadPercent ? { from, to } : undefined;
}

function growthOverHold(
  { metricSignal, values }: SignalReading,
  { startsMs }: HeldPeriods,
): Span | undefined {
  const rise = riseOf(
    startsMs.flatMap((startMs) => {
      const value = values.get(startMs);
      return value === undefined ? [] : [{ x: startMs - startsMs[0]!, y: toReaderUnit(metricSignal, value) }];
    }),
  );
  return rise && rise.to - rise.from >= growthPoints ? rise : undefined;
}
