/** Pauses after failed attempts: exponential up to a cap, and at random within it ("full jitter"). */
export interface BackoffLimits {
  baseMs: number;
  capMs: number;
}

/**
 * Between two connects: environments that lost the same database do not come back at the same time.
 *
 * The base is the connect timeout, as long as an attempt takes that nobody answers: an environment spends
 * at most half its time in attempts from the first, and less and less later.
 */
export const connectBackoff: BackoffLimits = { baseMs: 1_000, capMs: 10_000 };

/** Between two tries of a transaction that met a conflict. */
export const conflictBackoff: BackoffLimits = { baseMs: 50, capMs: 1_000 };

/**
 * The pause after the `failures`th failure in a row.
 * @param failures 1 or more
 * @param chance 0 (inclusive) to 1 (exclusive)
 */
export const backoffMs = (failures: number, chance: number, { baseMs, capMs }: BackoffLimits): number =>
  // Beyond 2^30 the cap has long decided; the exponent stays where it cannot overflow.
  chance * Math.min(capMs, baseMs * 2 ** Math.min(failures - 1, 30));
