import { latencySummary, type LatencySummary } from './latencySummary.ts';

/** What was to begin within one second of a run, however late it ended. */
export interface Second {
  intended: number;
  dropped: number;
  /** No object: one whose keys are numbers has room for all numbers below. */
  statuses: Map<number, number>;
  failedChecks: number;
  failed: number;
  /** While answers are still to come; their summary afterwards. */
  latencies: number[] | LatencySummary | null;
}

export const emptySecond = (): Second => ({
  intended: 0,
  dropped: 0,
  statuses: new Map(),
  failedChecks: 0,
  failed: 0,
  latencies: [],
});

/** Of the latencies of a second that has been summarised, one more can change the maximum only. */
export function addLatency(second: Second, latencyMs: number): void {
  if (Array.isArray(second.latencies)) second.latencies.push(latencyMs);
  else {
    const late = latencySummary([latencyMs]);
    if (second.latencies === null) second.latencies = late;
    else if (late) second.latencies.max = Math.max(second.latencies.max, late.max);
  }
}

export const summaryOf = ({ latencies }: Second): LatencySummary | null =>
  Array.isArray(latencies) ? latencySummary(latencies) : latencies;
