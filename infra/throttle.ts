import { configOf, type StageConfig, type System } from '../fleet/fleet.ts';
import { limits } from '../monitoring/limits.ts';

/** Requests a second that a system's API lets in, and as many at once. */
export const throttlePerSecondOf = (stage: StageConfig, { name, expectedPeak }: System): number =>
  configOf(stage, name).api.throttlePerSecond ??
  Math.max(
    limits.apiThrottleLeastPerSecond,
    Math.ceil(expectedPeak.requestsPerSecond * limits.apiThrottlePerPeak),
  );
