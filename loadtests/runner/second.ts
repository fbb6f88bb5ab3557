import { Latencies } from './latencies.ts';

/** What was to begin within one second of a run, however late it ended. */
export interface Second {
  intended: number;
  dropped: number;
  /** No object: one whose keys are numbers has room for all numbers below. */
  statuses: Map<number, number>;
  failedChecks: number;
  failed: number;
  latencies: Latencies;
}

/** @param toMerge whether its latencies will be put together with others */
export const emptySecond = (toMerge: boolean): Second => ({
  intended: 0,
  dropped: 0,
  statuses: new Map(),
  failedChecks: 0,
  failed: 0,
  latencies: new Latencies('exactly', toMerge),
});
