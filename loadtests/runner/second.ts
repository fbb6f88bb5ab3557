import { Latencies } from './latencies.ts';

/** What was to begin within one second of a run, or one longer stretch of its series, however late it ended. */
export interface Second {
  intended: number;
  dropped: number;
  /** Each with how often it came. No object, since one whose keys are numbers has room for all numbers below; and no map:
   * of few a list takes a quarter of its room. */
  statuses: [status: number, count: number][];
  failedChecks: number;
  failed: number;
  latencies: Latencies;
}

/** @param toMerge whether its latencies will be put together with others */
export const emptySecond = (toMerge: boolean): Second => ({
  intended: 0,
  dropped: 0,
  statuses: [],
  failedChecks: 0,
  failed: 0,
  latencies: new Latencies('exactly', toMerge),
});
