import { limits } from '../../monitoring/limits.ts';
import type { Pacing, Timeline } from '../runner/profiles.ts';
import { holdSecondsFor } from './heldPeriods.ts';

/** What a run is going to do. */
export interface PlannedRun {
  paced: Pacing;
  timeline: Timeline;
  /** Of the stage's metrics and alarms. */
  periodSeconds: number;
}

/** So many whole periods a stretch has wherever it begins. */
const surePeriods = (seconds: number, periodSeconds: number): number =>
  Math.max(0, Math.floor(seconds / periodSeconds) - 1);

/** Why nothing could be concluded from a run as it is planned, with what would do; null where something can. */
export function whyUnjudgeable({ paced, timeline, periodSeconds }: PlannedRun): string | null {
  if (!paced.judgedByPeriods) return null;
  const { fewestPeriods } = limits.gate;
  const seconds = timeline.hold.to - timeline.hold.from;
  const sure = surePeriods(seconds, periodSeconds);
  if (sure >= fewestPeriods) return null;
  const [what, option] = paced.hasHold ? ['a hold', '--hold'] : ['a climb', '--ramp'];
  return (
    `${what} of ${seconds} s has ${sure} whole periods of ${periodSeconds} s for certain, and a verdict needs ` +
    `${fewestPeriods}: ${option} ${holdSecondsFor(fewestPeriods, periodSeconds)} at least`
  );
}

/** What the verdict on a planned peak will not be, each in one sentence. */
export function shortcomingsOf(
  { timeline, periodSeconds }: PlannedRun,
  load: { rateScale: number; systems: number; ofSystems: number; mayBeEvidence: boolean },
): string[] {
  const { evidencePeriods } = limits.gate;
  const { rateScale, systems, ofSystems, mayBeEvidence } = load;
  const sure = surePeriods(timeline.hold.to - timeline.hold.from, periodSeconds);
  return [
    ...(rateScale < 1 ? [`at ${rateScale} of the expected peak the verdict will not cover the peak`] : []),
    ...(systems < ofSystems
      ? [`with ${systems} of ${ofSystems} systems the verdict will not cover the whole stage`]
      : []),
    ...(mayBeEvidence && sure < evidencePeriods
      ? [
          `evidence for a deployment needs ${evidencePeriods} whole periods, and this hold has ${sure} for certain: ` +
            `--hold ${holdSecondsFor(evidencePeriods, periodSeconds)}`,
        ]
      : []),
  ];
}
