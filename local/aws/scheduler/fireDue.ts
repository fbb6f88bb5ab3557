import type { AwsState } from '../state.ts';
import { callTarget } from './targets.ts';

export interface FiringFailure {
  /** The schedule's. */
  name: string;
  error: string;
}

/**
 * Fires the one-time schedules that are due: each once, at the first call at or after its time. What a target
 * answers reaches nobody, as on AWS, except for whoever is told here which ones refused.
 */
export const fireDue = (state: AwsState, nowMs: number): FiringFailure[] =>
  state.oneTimeSchedules.takeDue(nowMs).flatMap(({ name, target }) => {
    try {
      callTarget(state, target.arn, target.input);
      return [];
    } catch (error) {
      return [{ name, error: error instanceof Error ? error.message : String(error) }];
    }
  });
