import type { Fleet } from '../../fleet/fleet.ts';

/** Requests a second of a stage whose systems all have their peak. */
export const peakPerSecond = ({ systems }: Pick<Fleet, 'systems'>): number =>
  systems.reduce((total, { expectedPeak }) => total + expectedPeak.requestsPerSecond, 0);
