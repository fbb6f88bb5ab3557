/** Lengths that the stretches of a series may have: a stage's period, of five or ten seconds or a minute, is whole ones. */
const lengths = [1, 2, 5, 10, 20, 30, 60] as const;

/**
 * Stretches of all systems together that a record has room for: some 400 bytes each while it is read. Of one that will
 * be put together with others each has all its latencies too, so fewer fit.
 */
const mostStretches = { whole: 400_000, part: 100_000 };

/** All systems' seconds that a run's record can tell of. */
export const mostSeconds = (toMerge: boolean): number => roomOf(toMerge) * lengths[lengths.length - 1]!;

/**
 * How many seconds each entry of a run's series tells of together: one, unless so many systems over so long a time would
 * not fit; then the least that do. Counts are sums, percentiles are of all latencies of the stretch.
 * @param seconds that the run is to last
 * @param toMerge whether what is recorded will be put together with what other instances do
 * @returns the longest where not even that fits: see `mostSeconds`
 */
export function seriesSecondsOf(systems: number, seconds: number, toMerge: boolean): number {
  const fits = (length: number): boolean => systems * Math.ceil(seconds / length) <= roomOf(toMerge);
  return lengths.find(fits) ?? 60;
}

const roomOf = (toMerge: boolean): number => (toMerge ? mostStretches.part : mostStretches.whole);
