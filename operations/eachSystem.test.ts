import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../core/testing/virtualClock.ts';
import { explain } from '../bin/errors.ts';
import { limits } from '../monitoring/limits.ts';
import { eachSystem } from './eachSystem.ts';
import { PauseError } from './errors.ts';

const fifty = Array.from({ length: 50 }, (_, index) => ({ system: `s${index}` }));

describe('eachSystem', () => {
  it('does fifty in rounds, and says which two failed and why, when all are through', async () => {
    const clock = new VirtualClock();
    const done: string[] = [];
    const all = eachSystem(fifty, async ({ system }) => {
      await clock.sleep(1_000);
      if (system === 's7') throw new Error('no such queue');
      if (system === 's30') throw new PauseError('s30', 'is not there');
      done.push(system);
    });
    const failed = await clock.run(all.catch((error: Error) => error));
    expect(failed).toMatchObject({
      name: 'SystemsFailedError',
      message: '2 of 50 systems failed:\n  s7: no such queue\n  s30: PauseError: cluster s30 is not there',
    });
    expect(done).toHaveLength(48);
    expect(clock.passedMs).toBe((50 / limits.systemsAtOnce) * 1_000);
    // Of a bug and a wrong usage, the stronger.
    expect(explain(failed)).toMatchObject({ code: 2, text: expect.stringMatching(/^2 of 50/) });
  });

  it('gives the results in order, and the error of one alone as it is', async () => {
    expect(await eachSystem(fifty, async ({ system }) => system)).toEqual(fifty.map(({ system }) => system));
    const one = eachSystem([{ system: 'orders' }], () => Promise.reject(new Error('as it is')));
    await expect(one).rejects.toThrow(/^as it is$/);
  });
});
