/**
 * The drill's state machine: which step follows, given what happened and when. It waits for nothing and
 * touches nothing; chaos/runDrill.ts does both and tells it.
 *
 * | step    | completed | unmet   | failed  | interrupted | out of time |
 * |---------|-----------|---------|---------|-------------|-------------|
 * | steady  | inject    | done    | done    | done        | done        |
 * | inject  | observe   | restore | restore | restore     | restore     |
 * | observe | restore   | restore | restore | restore     | restore     |
 * | restore | recover   | restore | restore | restore     | done        |
 * | recover | settle    | settle  | done    | done        | settle      |
 * | settle  | done      | done    | done    | done        | done        |
 *
 * From the moment the fault may exist (inject), no path leads to done but through restore, and nothing
 * comes before it. A restore ends by succeeding or by running out of time; a failed attempt is made
 * again. After a restore, a drill that was interrupted, failed, or never had its fault in place has
 * nothing left to find out and goes to done instead of recover.
 */

export type Step = 'steady' | 'inject' | 'observe' | 'restore' | 'recover' | 'settle' | 'done';

/** Longest stay in each step, in milliseconds. */
export type StepBudgets = Readonly<Record<Exclude<Step, 'done'>, number>>;

export type DrillEvent =
  /** The step's work is done and all it waited for holds. */
  | { type: 'completed' }
  /** An expectation of the step can no longer be met. */
  | { type: 'unmet' }
  /** The step's work threw. */
  | { type: 'failed'; message: string }
  | { type: 'interrupted' }
  /** Nothing but time has passed. */
  | { type: 'tick' };

export interface DrillState {
  readonly step: Step;
  /** When the step was entered, milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly interrupted: boolean;
  /** What the first failed step said, restore aside; null while none failed. */
  readonly failure: string | null;
  /** What the latest failed attempt to restore said; null without one. */
  readonly restoreFailure: string | null;
  /** Whether the fault is undone. Null: it was never injected, or the attempt to undo it goes on. */
  readonly restored: boolean | null;
  /** The fault was put in place completely. */
  readonly faultInPlace: boolean;
}

export const beginDrill = (nowMs: number): DrillState => ({
  step: 'steady',
  sinceMs: nowMs,
  interrupted: false,
  failure: null,
  restoreFailure: null,
  restored: null,
  faultInPlace: false,
});

/** The state after `event` at `nowMs`; the same object when nothing changed. */
export function nextState(
  state: DrillState,
  event: DrillEvent,
  nowMs: number,
  budgets: StepBudgets,
): DrillState {
  if (state.step === 'done') return state;
  const outOfTime = nowMs - state.sinceMs >= budgets[state.step];
  if (event.type === 'tick' && !outOfTime) return state;
  const noted = note(state, event);
  const enter = (step: Step, change: Partial<DrillState> = {}): DrillState => ({
    ...noted,
    ...change,
    step,
    sinceMs: nowMs,
  });
  switch (state.step) {
    case 'steady':
      return enter(event.type === 'completed' ? 'inject' : 'done');
    case 'inject':
      return event.type === 'completed' ? enter('observe', { faultInPlace: true }) : enter('restore');
    case 'observe':
      return enter('restore');
    case 'restore': {
      if (event.type === 'completed') {
        const more = noted.faultInPlace && !noted.interrupted && noted.failure === null;
        return enter(more ? 'recover' : 'done', { restored: true });
      }
      return outOfTime ? enter('done', { restored: false }) : noted;
    }
    case 'recover':
      return enter(event.type === 'failed' || event.type === 'interrupted' ? 'done' : 'settle');
    case 'settle':
      return enter('done');
  }
}

function note(state: DrillState, event: DrillEvent): DrillState {
  if (event.type === 'interrupted') return { ...state, interrupted: true };
  if (event.type !== 'failed') return state;
  return state.step === 'restore'
    ? { ...state, restoreFailure: event.message }
    : { ...state, failure: state.failure ?? event.message };
}
