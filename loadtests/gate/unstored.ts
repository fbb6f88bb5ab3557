import { limits } from '../../monitoring/limits.ts';
import type { RunFile } from '../../records/run.ts';

/**
 * The share of the messages that a run published and that are not stored at the end of each period, in percent, by the
 * period's start: of those that SNS acknowledged long enough before. It begins with the first period that the
 * subscriber is heard in, and says nothing of one that it is not.
 * @param stored messages that the subscriber stored, by the period's start; a period without any may be missing
 * @param heard starts of the periods of which the subscriber published anything
 */
export function unstoredByPeriod(
  run: RunFile,
  system: string,
  periodSeconds: number,
  stored: ReadonlyMap<number, number>,
  heard: Iterable<number>,
): Map<number, number> {
  const startsMs = [...new Set([...stored.keys(), ...heard])].sort((a, b) => a - b);
  const runStartMs = Date.parse(run.windows.run.start);
  const published = run.systems.find((each) => each.system === system)?.messages?.series ?? [];
  if (published.length === 0) return new Map();
  const firstMs = startsMs[0] ?? 0;
  // What an entry tells of is published once its last second is over.
  const entryMs = (run.seriesSeconds ?? 1) * 1_000;
  const shares = new Map<number, number>();
  let [storedSoFar, due, next] = [0, 0, 0];
  for (const startMs of startsMs) {
    storedSoFar += stored.get(startMs) ?? 0;
    const dueMs = startMs + (periodSeconds - limits.gate.unstored.afterSeconds) * 1_000;
    for (; next < published.length; next += 1) {
      const { second, acknowledged = 0 } = published[next]!;
      const atMs = runStartMs + second * 1_000;
      if (atMs + entryMs > dueMs) break;
      if (atMs >= firstMs) due += acknowledged;
    }
    shares.set(startMs, due === 0 ? 0 : (100 * Math.max(0, due - storedSoFar)) / due);
  }
  return shares;
}
