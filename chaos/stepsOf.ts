import type { DrillOptions } from './drillOptions.ts';
import type { Drill } from './drills/drill.ts';
import type { DrillIdentity } from './identity.ts';
import { poisonKindsOf } from './poison.ts';
import { hitsFleet } from './scope.ts';

/** The steps of a drill on its systems. @param visibilityTimeoutMs of the subscribers' queues, the longest */
export const stepsOf = (
  {
    drill,
    periodSeconds,
    systems,
    scope,
  }: Pick<DrillOptions, 'drill' | 'periodSeconds' | 'systems' | 'scope'>,
  identity: DrillIdentity,
  visibilityTimeoutMs: number,
): ReturnType<Drill['steps']> =>
  drill.steps({
    periodSeconds,
    visibilityTimeoutMs,
    hitsFleet: hitsFleet(systems.length, scope),
    poisonKinds: poisonKindsOf(identity),
  });
