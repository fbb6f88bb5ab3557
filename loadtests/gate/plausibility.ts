import { toReaderUnit } from '../../monitoring/signals.ts';
import type { Place } from '../../records/fields.ts';
import type { SignalReading } from './signalQuestion.ts';

type Said = Pick<SignalReading, 'metricSignal' | 'values' | 'underLoad'>;

/** What a count is made of that must be there where a request was answered. */
const busyCounts: Readonly<Record<string, string>> = {
  databaseConnections: 'no connection',
  functionConcurrency: 'no execution',
};

/** Of what is left over at rest: no percentage under load is as low, a share in its place is. */
const neverBelowOnePercent: ReadonlySet<string> = new Set([
  'databaseCpu',
  'functionMemory',
  'subscriberMemory',
]);

/** Node.js alone holds more than 20 MiB: up to this size that is more than one percent. */
const largestMemoryMiB = 2_048;

/** Of readings whose metric is itself a share of a whole, which nothing can exceed. */
const wholes: ReadonlySet<string> = new Set(['databaseMemory', 'databaseDisk', 'errorRate']);

/** What each of the functions has, in MiB. */
export interface MemorySizes {
  api: number;
  subscriber: number;
}

/** Readings that cannot be what they are said to be: no data, with the reason. */
export interface Implausible {
  /** Starts of the periods that they are of. */
  startsMs: ReadonlySet<number>;
  /** The first one, in a few words; null where there is none. */
  reason: string | null;
}

/**
 * Which readings of a signal cannot be true: no number, below zero, more than the whole, nothing in use where
 * requests were answered, and shares where percentages belong.
 * @param place where they were read: on a stage of this machine a database may well use less than a percent
 */
export function implausibleReadings(
  said: Said,
  { place, memoryMiB }: { place: Place; memoryMiB: MemorySizes },
): Implausible {
  const { metricSignal, values, underLoad } = said;
  const reasons = new Map<number, string>();
  for (const [startMs, value] of values) {
    const reason = whyNot(metricSignal, toReaderUnit(metricSignal, value), underLoad.has(startMs));
    if (reason !== null) reasons.set(startMs, reason);
  }
  if (reasons.size === 0 && areShares(said, place, memoryMiB)) {
    for (const startMs of values.keys()) reasons.set(startMs, 'no reading is above 1: shares, not percent');
  }
  return { startsMs: new Set(reasons.keys()), reason: [...reasons.values()][0] ?? null };
}

function whyNot({ id, remaining }: Said['metricSignal'], value: number, underLoad: boolean): string | null {
  if (!Number.isFinite(value)) return 'a reading is not a number';
  if (value < 0)
    return remaining ? 'more is free than the configuration says there is' : 'a reading is below zero';
  if (wholes.has(id) && value > 100) return `a reading of ${Math.round(value)} % is more than the whole`;
  const missing = busyCounts[id];
  if (underLoad && value === 0 && missing !== undefined) {
    return `there was ${missing} where requests were answered`;
  }
  return null;
}

/** Of the function whose memory is asked about; none for what is no function's memory. */
const memoryOf = (id: string, { api, subscriber }: MemorySizes): number =>
  id === 'functionMemory' ? api : id === 'subscriberMemory' ? subscriber : 0;

function areShares(
  { metricSignal: { id }, values, underLoad }: Said,
  place: Place,
  memoryMiB: MemorySizes,
): boolean {
  if (!neverBelowOnePercent.has(id) || underLoad.size === 0 || values.size === 0) return false;
  if (id === 'databaseCpu' && place === 'local') return false;
  if (memoryOf(id, memoryMiB) > largestMemoryMiB) return false;
  return [...values.values()].every((value) => value <= 1);
}
