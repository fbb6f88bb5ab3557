import type { Clock } from '../../core/clock.ts';
import type { CallsOfSize } from './answer.ts';
import type { Invocation } from './invocation.ts';

/** Calls that may be under way at once. */
export interface Places {
  /** Of one size: so many environments, and connections, it has at most. */
  ofEach: number;
  /** Of all sizes. */
  together: number;
}

export interface SizeLoad {
  sizesMiB: readonly number[];
  /** Calls of all sizes together, each of which has its share. */
  callsPerSecond: number;
  places: Places;
  durationMs: number;
  clock: Clock;
  signal: AbortSignal;
  /** @param nth of the load's calls, from 0 on */
  call: (memoryMiB: number, nth: number) => Promise<Invocation>;
}

/**
 * Which size the nth call is for: each once a round, and another one first in each, so that none is always
 * the one that finds the database as another has left it.
 */
export const sizeOf = (nth: number, sizesMiB: readonly number[]): number => {
  const { length } = sizesMiB;
  return sizesMiB[(nth + Math.floor(nth / length)) % length] as number;
};

/** How many calls a load makes, in whole rounds: every size is asked as often as every other. */
export const callsIn = ({
  sizesMiB,
  callsPerSecond,
  durationMs,
}: Pick<SizeLoad, 'sizesMiB' | 'callsPerSecond' | 'durationMs'>): number =>
  Math.floor((durationMs * callsPerSecond) / 1_000 / sizesMiB.length) * sizesMiB.length;

/**
 * Calls every size in turn, at an even rate, whatever becomes of the calls before: what finds no place is dropped and
 * counted. Resolves with all that were called once the last has its answer.
 * @throws the signal's reason; what a call throws, after which none is begun
 */
export async function callSizes(load: SizeLoad): Promise<CallsOfSize[]> {
  const { sizesMiB, callsPerSecond, places, clock, signal, call } = load;
  const calls = new Map(sizesMiB.map((memoryMiB) => [memoryMiB, [] as Invocation[]]));
  const underWay = new Map(sizesMiB.map((memoryMiB) => [memoryMiB, 0]));
  const running = new Set<Promise<void>>();
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const begin = async (memoryMiB: number, nth: number): Promise<void> => {
    underWay.set(memoryMiB, (underWay.get(memoryMiB) ?? 0) + 1);
    try {
      calls.get(memoryMiB)?.push(await call(memoryMiB, nth));
    } catch (error) {
      failed.abort(error);
    } finally {
      underWay.set(memoryMiB, (underWay.get(memoryMiB) ?? 0) - 1);
    }
  };
  const startMs = clock.now();
  const total = callsIn(load);
  try {
    for (let nth = 0; nth < total; nth += 1) {
      const dueMs = startMs + (nth * 1_000) / callsPerSecond;
      if (dueMs > clock.now()) await clock.sleep(dueMs - clock.now(), stop);
      stop.throwIfAborted();
      const memoryMiB = sizeOf(nth, sizesMiB);
      const hasPlace = running.size < places.together && (underWay.get(memoryMiB) ?? 0) < places.ofEach;
      if (!hasPlace) calls.get(memoryMiB)?.push({ state: 'dropped' });
      else {
        const one = begin(memoryMiB, nth).finally(() => running.delete(one));
        running.add(one);
      }
    }
  } finally {
    await Promise.all(running);
  }
  stop.throwIfAborted();
  return [...calls].map(([memoryMiB, of]) => ({ memoryMiB, calls: of }));
}
