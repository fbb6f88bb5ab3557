import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../core/testing/manualClock.ts';
import { createDeadlines } from './deadlines.ts';

const setup = () => {
  const clock = new ManualClock();
  const overdue: string[] = [];
  const deadlines = createDeadlines(clock);
  return {
    overdue,
    deadlines,
    begin: (name: string, withinMs: number) => deadlines.begin(withinMs, () => overdue.push(name)),
    pass: async (durationMs: number) => {
      clock.advance(durationMs);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
};

describe('deadlines', () => {
  it('end work once, when its time is over', async () => {
    const { begin, pass, overdue } = setup();
    begin('one', 100);

    await pass(99);
    expect(overdue).toEqual([]);
    await pass(1);
    await pass(1_000);
    expect(overdue).toEqual(['one']);
  });

  it('leave alone what was done in time, and what began after it', async () => {
    const { begin, pass, deadlines, overdue } = setup();
    begin('one', 100);
    await pass(60);
    deadlines.end();
    begin('two', 100);

    await pass(99);
    expect(overdue).toEqual([]);
    await pass(1);
    expect(overdue).toEqual(['two']);
  });

  it('end work that has less time than the one before it had', async () => {
    const { begin, pass, deadlines, overdue } = setup();
    begin('one', 2_500);
    deadlines.end();
    begin('two', 100);

    await pass(100);

    expect(overdue).toEqual(['two']);
  });

  it('give work its whole time after a freeze in which timers came due', async () => {
    const { begin, pass, deadlines, overdue } = setup();
    begin('one', 100);
    deadlines.end();
    await pass(60_000);
    begin('two', 100);

    await pass(99);
    expect(overdue).toEqual([]);
    await pass(1);
    expect(overdue).toEqual(['two']);
  });

  it('go on after they were closed', async () => {
    const { begin, pass, deadlines, overdue } = setup();
    begin('one', 100);
    deadlines.close();
    begin('two', 100);

    await pass(100);

    expect(overdue).toEqual(['two']);
  });
});
