/**
 * The `percent`th percentile of values in ascending order, interpolated between neighbours as k6 does.
 * `NaN` without values.
 */
export function percentile(ascending: ArrayLike<number>, percent: number): number {
  if (ascending.length === 0) return Number.NaN;
  const index = (percent / 100) * (ascending.length - 1);
  const below = ascending[Math.floor(index)] as number;
  const above = ascending[Math.ceil(index)] as number;
  return below + (above - below) * (index - Math.floor(index));
}

/** Percentiles of latencies in milliseconds, as the run file keeps them; null without any. */
export function latencySummary(
  latencies: readonly number[],
): { p50: number; p95: number; p99: number; max: number } | null {
  if (latencies.length === 0) return null;
  const ascending = Float64Array.from(latencies).sort();
  const at = (percent: number): number => round(percentile(ascending, percent));
  return { p50: at(50), p95: at(95), p99: at(99), max: at(100) };
}

const round = (ms: number): number => Math.round(ms * 1_000) / 1_000;
