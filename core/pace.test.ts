import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { nextTurn, Pace } from './pace.ts';
import { VirtualClock } from './testing/virtualClock.ts';

describe('nextTurn', () => {
  it('never lets more go than burst and rate allow, and in order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 100 }),
        (perSecond, burst, gapsMs) => {
          const went: number[] = [];
          let [paidUntilMs, nowMs] = [Number.NEGATIVE_INFINITY, 0];
          for (const gapMs of gapsMs) {
            nowMs += gapMs;
            const turn = nextTurn({ perSecond, burst }, paidUntilMs, nowMs);
            paidUntilMs = turn.paidUntilMs;
            went.push(turn.atMs);
          }
          expect(went).toEqual(went.toSorted((a, b) => a - b));
          // So many in a row and one more take at least the time in which one may go.
          const spansMs = went.slice(burst).map((atMs, index) => atMs - went[index]!);
          expect(Math.min(...spansMs)).toBeGreaterThanOrEqual(1_000 / perSecond - 1e-6);
        },
      ),
    );
  });
});

describe('Pace', () => {
  let clock: VirtualClock;
  beforeEach(() => {
    clock = new VirtualClock();
  });

  /** When each of so many goes, in milliseconds from the beginning. */
  const turns = (pace: Pace, count: number): Promise<number[]> =>
    Promise.all(Array.from({ length: count }, () => pace.turn().then(() => clock.passedMs)));

  it('lets a burst go at once, and the others at its rate, in order', async () => {
    const pace = new Pace({ perSecond: 10, burst: 3 }, clock);
    expect(await clock.run(turns(pace, 6))).toEqual([0, 0, 0, 100, 200, 300]);
  });

  it('keeps an even pace with a burst of one, after a rest as well', async () => {
    const pace = new Pace({ perSecond: 4, burst: 1 }, clock);
    expect(await clock.run(turns(pace, 2))).toEqual([0, 250]);
    await clock.run(clock.sleep(4_750));
    expect(await clock.run(turns(pace, 3))).toEqual([5_000, 5_250, 5_500]);
  });

  it('holds those who wait already as well, and keeps its rate when they go on', async () => {
    const pace = new Pace({ perSecond: 10, burst: 1 }, clock);
    const went = turns(pace, 4);
    await clock.run(clock.sleep(50));
    pace.hold(1_000);
    expect(await clock.run(went)).toEqual([0, 1_050, 1_150, 1_250]);
  });

  it('lets go of who gives up, with the reason', async () => {
    const pace = new Pace({ perSecond: 1, burst: 1 }, clock);
    await pace.turn();
    const controller = new AbortController();
    const waiting = pace.turn(controller.signal);
    controller.abort(new Error('interrupted'));
    await expect(waiting).rejects.toThrow('interrupted');
    await expect(pace.turn(controller.signal)).rejects.toThrow('interrupted');
  });
});
