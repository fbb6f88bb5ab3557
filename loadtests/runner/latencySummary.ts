import { percentileOfSorted } from '../../core/statistics.ts';
import type { Histogram } from './histogram.ts';

/** Percentiles of latencies in milliseconds, as the run file keeps them. */
export interface LatencySummary {
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** Null without latencies; exact for a list, within the histogram's relative error for one. */
export function latencySummary(latencies: readonly number[] | Histogram): LatencySummary | null {
  if (('count' in latencies ? latencies.count : latencies.length) === 0) return null;
  const at = percentilesOf(latencies);
  return { p50: round(at(50)), p95: round(at(95)), p99: round(at(99)), max: round(at(100)) };
}

function percentilesOf(latencies: readonly number[] | Histogram): (percent: number) => number {
  if ('count' in latencies) return (percent) => latencies.percentile(percent);
  const ascending = Float64Array.from(latencies).sort();
  return (percent) => percentileOfSorted(ascending, percent);
}

const round = (ms: number): number => Math.round(ms * 1_000) / 1_000;
