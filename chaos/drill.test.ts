import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  beginDrill,
  nextState,
  type DrillEvent,
  type DrillState,
  type Step,
  type StepBudgets,
} from './drill.ts';

const budgets: StepBudgets = {
  steady: 100,
  inject: 100,
  observe: 100,
  restore: 100,
  recover: 100,
  settle: 100,
};

const event: fc.Arbitrary<DrillEvent> = fc.oneof(
  { arbitrary: fc.constant<DrillEvent>({ type: 'completed' }), weight: 4 },
  fc.constantFrom<DrillEvent>(
    { type: 'unmet' },
    { type: 'failed', message: 'broken' },
    { type: 'interrupted' },
    { type: 'tick' },
  ),
);
const happenings = fc.array(fc.record({ event, afterMs: fc.integer({ min: 0, max: 150 }) }), {
  maxLength: 30,
});

interface Move {
  from: Step;
  event: DrillEvent;
  to: DrillState;
}

/** What happens, and then time alone, until the drill is done. */
function play(list: readonly { event: DrillEvent; afterMs: number }[]): Move[] {
  let nowMs = 1_000;
  let state = beginDrill(nowMs);
  const moves: Move[] = [];
  const tick = { event: { type: 'tick' } as const, afterMs: 100 };
  for (const next of [...list, ...Array.from({ length: 7 }, () => tick)]) {
    nowMs += next.afterMs;
    const to = nextState(state, next.event, nowMs, budgets);
    moves.push({ from: state.step, event: next.event, to });
    state = to;
  }
  return moves;
}

const firstIndex = (moves: readonly Move[], step: Step): number =>
  moves.findIndex(({ to }) => to.step === step);

describe('nextState', () => {
  it('restores after every injection, whatever happens, and directly before anything else', () => {
    fc.assert(
      fc.property(happenings, (list) => {
        const moves = play(list);
        const inject = firstIndex(moves, 'inject');
        if (inject === -1) return;
        const restore = firstIndex(moves, 'restore');
        expect(restore).toBeGreaterThan(inject);
        const between = moves.slice(inject, restore).map(({ to }) => to.step);
        expect(between.every((step) => step === 'inject' || step === 'observe')).toBe(true);
        expect(firstIndex(moves, 'done')).toBeGreaterThan(restore);
      }),
    );
  });

  it('answers an interruption or a failure under the fault with the restore at once', () => {
    fc.assert(
      fc.property(happenings, (list) => {
        const late = play(list).filter(
          ({ from, event: { type }, to }) =>
            (from === 'inject' || from === 'observe') &&
            (type === 'interrupted' || type === 'failed') &&
            to.step !== 'restore',
        );
        expect(late).toEqual([]);
      }),
    );
  });

  it('leaves restore only restored, or out of time and saying so', () => {
    fc.assert(
      fc.property(happenings, (list) => {
        const left = play(list).filter(({ from, to }) => from === 'restore' && to.step !== 'restore');
        for (const { event: happened, to } of left) {
          expect(to.restored).toBe(happened.type === 'completed');
        }
      }),
    );
  });

  it('ends, with time alone', () => {
    fc.assert(
      fc.property(happenings, (list) => {
        expect(play(list).at(-1)?.to.step).toBe('done');
      }),
    );
  });

  it('never injects into an unsteady system', () => {
    for (const type of ['unmet', 'interrupted', 'tick'] as const) {
      expect(play([{ event: { type }, afterMs: 100 }])[0]?.to).toMatchObject({
        step: 'done',
        restored: null,
      });
    }
  });

  it('verifies after an observation that failed, not after one that was interrupted', () => {
    const toObserve = ['completed', 'completed'] as const;
    const walk = (...types: ('completed' | 'unmet' | 'interrupted' | 'failed')[]): Step[] =>
      play(
        types.map((type) => ({
          event: type === 'failed' ? { type, message: 'no answer' } : { type },
          afterMs: 1,
        })),
      ).map(({ to }) => to.step);
    expect(walk(...toObserve, 'unmet', 'completed')[3]).toBe('recover');
    expect(walk(...toObserve, 'interrupted', 'completed')[3]).toBe('done');
    // Its work broke down: there is nothing left to find out.
    expect(walk(...toObserve, 'failed', 'completed')[3]).toBe('done');
    expect(walk('completed', 'failed', 'completed')[2]).toBe('done');
  });

  it('tries a failed restore again until its time is over', () => {
    const failed: DrillEvent = { type: 'failed', message: 'throttled' };
    let state: DrillState = { ...beginDrill(0), step: 'restore', faultInPlace: true };
    state = nextState(state, failed, 99, budgets);
    expect(state).toMatchObject({ step: 'restore', failure: null, restoreFailure: 'throttled' });
    expect(nextState(state, { type: 'completed' }, 99, budgets)).toMatchObject({ step: 'recover' });
    expect(nextState(state, failed, 100, budgets)).toMatchObject({ step: 'done', restored: false });
  });
});
