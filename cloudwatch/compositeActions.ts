import type { AlarmState } from './alarmEvaluator.ts';

/** An actions suppressor with its periods. */
export interface Suppression {
  /** How long a composite that goes into ALARM waits for its suppressor to do so too. */
  waitSeconds: number;
  /** How long actions stay suppressed after the suppressor has left ALARM. */
  extensionSeconds: number;
}

export type SuppressedBy = 'Alarm' | 'WaitPeriod' | 'ExtensionPeriod';

/** What a composite alarm remembers between two looks. */
export interface CompositeMemory {
  state: AlarmState;
  /** The state whose actions ran last, or the first state of all. */
  actedOn: AlarmState;
  /** Until when it waits for its suppressor, Unix milliseconds. */
  waitUntilMs: number | null;
  /** Until when the extension period lasts, Unix milliseconds. */
  extensionUntilMs: number | null;
  suppressorInAlarm: boolean;
}

export const newComposite = (state: AlarmState = 'INSUFFICIENT_DATA'): CompositeMemory => ({
  state,
  actedOn: state,
  waitUntilMs: null,
  extensionUntilMs: null,
  suppressorInAlarm: false,
});

export interface CompositeLook {
  memory: CompositeMemory;
  /** The state whose actions are to run now; null for none. */
  act: AlarmState | null;
  /** Why actions do not run now, whether or not any are due; null when they may. */
  suppressedBy: SuppressedBy | null;
}

/**
 * One look at a composite alarm. Actions run on a change of state only; while they are suppressed none run,
 * and when that ends the actions of the state it is in then run, unless they are the ones that ran last:
 *
 *   goes to ALARM             waits; actions after the period, unless the suppressor went to ALARM
 *   suppressor in ALARM       none
 *   suppressor leaves ALARM   none until the extension period is over
 *
 * @param suppressor its state now; undefined for a composite without one.
 */
export function lookAtComposite(
  before: CompositeMemory,
  now: { state: AlarmState; suppressor: AlarmState | undefined; atMs: number },
  suppression: Suppression | null,
): CompositeLook {
  const memory = { ...before, state: now.state };
  if (!suppression) return settle(memory, null);
  memory.suppressorInAlarm = now.suppressor === 'ALARM';
  if (memory.suppressorInAlarm) {
    memory.waitUntilMs = null;
    memory.extensionUntilMs = null;
    return settle(memory, 'Alarm');
  }
  if (before.suppressorInAlarm) memory.extensionUntilMs = now.atMs + suppression.extensionSeconds * 1_000;
  if (memory.extensionUntilMs !== null) {
    if (now.atMs < memory.extensionUntilMs) return settle(memory, 'ExtensionPeriod');
    memory.extensionUntilMs = null;
    return settle(memory, null);
  }
  if (now.state !== 'ALARM') memory.waitUntilMs = null;
  else if (before.state !== 'ALARM') memory.waitUntilMs = now.atMs + suppression.waitSeconds * 1_000;
  if (memory.waitUntilMs !== null && now.atMs < memory.waitUntilMs) return settle(memory, 'WaitPeriod');
  memory.waitUntilMs = null;
  return settle(memory, null);
}

function settle(memory: CompositeMemory, suppressedBy: SuppressedBy | null): CompositeLook {
  if (suppressedBy !== null || memory.state === memory.actedOn) return { memory, act: null, suppressedBy };
  return { memory: { ...memory, actedOn: memory.state }, act: memory.state, suppressedBy };
}
