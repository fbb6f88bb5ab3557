import { fireDue } from '../aws/scheduler/fireDue.ts';
import type { AwsState } from '../aws/state.ts';
import { startTicking } from '../ticking.ts';
import type { StageBoot } from './stageBoot.ts';

/** Several in each period. */
const intervalMs = 1_000;

/** From now on alarms are evaluated and one-time schedules fire. */
export function startTicks({ clock, undo, onError }: StageBoot, state: AwsState): void {
  const tick = async (nowMs: number) => {
    for (const { name, error } of fireDue(state, nowMs)) {
      onError(new Error(`the target of schedule ${name} refused: ${error}`));
    }
    await state.alarms.tick(nowMs);
  };
  undo.push(startTicking({ clock, intervalMs, tick, onError }));
}
