import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settleAtMost } from './settleAtMost.ts';
import { VirtualClock } from './testing/virtualClock.ts';

describe('settleAtMost', () => {
  it('does all of it, in time, and never more at once than it may', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ takesMs: fc.nat(20), fails: fc.boolean() }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 6 }),
        async (items, most) => {
          const clock = new VirtualClock();
          let [atOnce, mostAtOnce] = [0, 0];
          const settled = await clock.run(
            settleAtMost(items, most, async (item) => {
              atOnce += 1;
              mostAtOnce = Math.max(mostAtOnce, atOnce);
              await clock.sleep(item.takesMs);
              atOnce -= 1;
              if (item.fails) throw new Error('failed');
              return item.takesMs;
            }),
          );
          expect(settled.map(({ item }) => item)).toEqual(items);
          expect(settled.map(({ state }) => state === 'failed')).toEqual(items.map(({ fails }) => fails));
          expect(mostAtOnce).toBe(Math.min(most, items.length));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('begins nothing more when it is interrupted, and says why when all has ended', async () => {
    const controller = new AbortController();
    const begun: number[] = [];
    const ended: number[] = [];
    const work = settleAtMost(
      [1, 2, 3],
      1,
      async (item) => {
        begun.push(item);
        if (item === 2) controller.abort(new Error('interrupted'));
        await Promise.resolve();
        ended.push(item);
      },
      controller.signal,
    );
    await expect(work).rejects.toThrow('interrupted');
    expect([begun, ended]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });
});
