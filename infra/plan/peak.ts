import { systemsOf, type Fleet } from '../../fleet/fleet.ts';

/** Requests a second of a stage whose systems all have their peak. */
export const peakPerSecond = (fleet: Fleet, stage: string): number =>
  systemsOf(fleet, stage).reduce((total, { expectedPeak }) => total + expectedPeak.requestsPerSecond, 0);
