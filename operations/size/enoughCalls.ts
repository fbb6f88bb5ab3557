import { limits } from '../../monitoring/limits.ts';
import { UsageError } from '../errors.ts';
import { callsIn, type SizeLoad } from './callSizes.ts';

/** Calls of each size from which something can be concluded: some begin with a new environment. */
const enoughCalls = Math.ceil(limits.size.fewestWarm / (1 - limits.size.coldPercent / 100));

const longestSeconds = limits.size.longestHoldSeconds;

/** How long a load lasts that nobody has said it of. */
export const enoughMs = (sizes: number, callsPerSecond: number): number =>
  1_000 *
  Math.min(
    longestSeconds,
    Math.max(limits.size.holdSeconds, Math.ceil((enoughCalls * sizes) / callsPerSecond)),
  );

/** @throws UsageError for a load from which nothing could be concluded */
export function refuseTooFew(load: Pick<SizeLoad, 'callsPerSecond' | 'durationMs' | 'sizesMiB'>): void {
  const { callsPerSecond, sizesMiB } = load;
  const calls = callsIn(load) / sizesMiB.length;
  if (calls >= enoughCalls) return;
  const seconds = Math.ceil((enoughCalls * sizesMiB.length) / callsPerSecond);
  const remedy =
    seconds <= longestSeconds
      ? `--hold ${seconds}`
      : `--rate ${Math.ceil((enoughCalls * sizesMiB.length) / longestSeconds)}, or with fewer sizes`;
  throw new UsageError(
    `${calls} calls of each of ${sizesMiB.length} sizes are too few, ${enoughCalls} would be enough: run it with ${remedy}.`,
  );
}
