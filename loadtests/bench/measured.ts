import type { LatencySummary } from '../runner/latencySummary.ts';

/** Before that nothing is measured: code is compiled, connections are made. */
export const warmUpSeconds = 3;

/** What a client tells of its requests after the warm-up. */
export interface Measured {
  /** When the first of them was to start, in milliseconds since the epoch. */
  holdStartMs: number;
  latencyMs: LatencySummary;
  /** How late they began by the client's own doing. */
  lateMs: LatencySummary | null;
  requests: number;
  /** Of one core. */
  cpuPercent: number | null;
}
