import { usedUpPercent, type Reading, type Use } from './readings.ts';
import { fitShare, type ShareLaw } from './shareLaw.ts';

/** A resource of which any share may be used: CPU, memory, disk. */
export interface DivisibleUse extends Use {
  kind: 'divisible';
  /**
   * Where what is used without load goes when there is more of the resource: `spread` over all of it, as data and a
   * process's own memory are, or used anew `everywhere`, as each node's CPU is by its own housekeeping.
   */
  atRest: 'spread' | 'everywhere';
  /** Whether requests wait for each other at it, and so take longer the more of it is used. */
  slowsRequests: boolean;
}

/** @param readings at least one of them under load */
export const shareLawOf = (readings: readonly Reading[]): ShareLaw =>
  fitShare(
    readings.map(({ period, percent }) => ({
      load: period.load,
      percent: Math.min(percent, 100),
      censored: percent >= usedUpPercent,
    })),
  );

/**
 * How many times as long as with no load requests take: 1 / (1 − ρ²), the residence time at two servers with
 * one queue (M/M/2; Kleinrock, Queueing Systems I, 1975). A single server would slow them sooner, more of them
 * later. The use foretells it; of the latency itself so little is seen before it is too late (a sixth at 60 % of
 * use) that it foretells nothing.
 */
export const slownessAt = (percent: number): number => 1 / (1 - Math.min(percent / 100, 0.99) ** 2);

/** The same at other loads, of the busiest that requests wait for. */
export const slownessBy =
  (waitedFor: readonly ShareLaw[]) =>
  (load: number): number =>
    slownessAt(Math.max(0, ...waitedFor.map(({ percentAt }) => percentAt(load))));
