import { stageOf } from '../fleet/fleet.ts';
import { whyUnjudgeable, type PlannedRun } from '../loadtests/gate/judgeable.ts';
import { defaultShape, type Profile, type Shape } from '../loadtests/runner/load.ts';
import { UsageError } from '../operations/errors.ts';
import { readFleet } from './context.ts';

/** How long a load takes, as its profile and the command's options say. */
export interface PlannedLoad {
  shape: Shape;
  /** Null for a profile without a pace. */
  run: PlannedRun | null;
}

/** @throws UsageError for a run from which nothing could be concluded, unless that is not wanted */
export async function planLoad(
  profile: Profile,
  {
    ramp,
    hold,
    stage,
    config,
    unjudged,
  }: { ramp?: number; hold?: number; stage: string; config: string; unjudged: boolean },
): Promise<PlannedLoad> {
  const { periodSeconds } = stageOf((await readFleet(config)).fleet, stage);
  const defaults = defaultShape(profile, periodSeconds);
  const shape = { rampSeconds: ramp ?? defaults.rampSeconds, holdSeconds: hold ?? defaults.holdSeconds };
  const { paced } = profile;
  if (!paced) return { shape, run: null };
  const run = { paced, timeline: paced.timeline(shape), periodSeconds };
  const problem = unjudged ? null : whyUnjudgeable(run);
  if (problem !== null) throw new UsageError(`${problem}; or --unjudged, to run it all the same.`);
  return { shape, run };
}
