import type { RunFile } from '../../records/run.ts';

/**
 * Why nobody knows how much a user's script sent in each period of the stage's metrics; null where that is known. The
 * record of a run that is long has stretches of up to a minute, and each second of one is given its equal part: for a
 * profile, whose rate changes slowly, that is right. A script may have sent it all at once, or nothing at all in most of it.
 * Sums over the whole hold, as of answers or of messages, do not depend on it.
 */
export const coarseSeries = (
  { script, seriesSeconds = 1 }: Pick<RunFile, 'script' | 'seriesSeconds'>,
  periodSeconds: number,
): string | null =>
  script === undefined || seriesSeconds <= periodSeconds
    ? null
    : `the record of so long a run has one figure for every ${seriesSeconds} s, and a period is ${periodSeconds} s: how much the script sent in each is not known`;
