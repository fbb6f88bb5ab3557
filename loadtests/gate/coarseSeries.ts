import type { RunFile } from '../../records/run.ts';

/**
 * Why nobody can tell from a run's series how much was sent in each period of the stage's metrics; null where they tell.
 * The record of a run that is long has stretches of up to a minute, and each second of one is given its equal part: whatever
 * sent it may have sent it all at once, or nothing at all in most of it. Sums over the whole hold, as of answers or of
 * messages, do not depend on it.
 */
export const coarseSeries = (
  { seriesSeconds = 1 }: Pick<RunFile, 'seriesSeconds'>,
  periodSeconds: number,
): string | null =>
  seriesSeconds <= periodSeconds
    ? null
    : `the record of so long a run has one figure for every ${seriesSeconds} s, and a period is ${periodSeconds} s: how much was sent in each is not known`;
