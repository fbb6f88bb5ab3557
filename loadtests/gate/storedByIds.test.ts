import { describe, expect, it } from 'vitest';
import type { VerdictRecord } from '../../records/verdict.ts';
import type { MessagesSeen, Reconciliation } from '../messages/reconcile.ts';
import { allAreStored, askStored } from './storedByIds.ts';

const bySum: VerdictRecord = {
  system: 'orders',
  signal: 'unstored',
  verdict: 'pass',
  worst: 0,
  limit: 20,
  headroom: 20,
  unit: 'percent',
  reason: 'Below the limit in all 6 periods of 10 s.',
};

const seen = (changes: Partial<Reconciliation>, waiting = 0): MessagesSeen => ({
  reconciliation: {
    published: 400,
    stored: 400,
    deadLettered: 0,
    lost: 0,
    duplicated: 0,
    examples: { lost: [], duplicated: [] },
    ...changes,
  },
  problem: null,
  waiting,
});

describe('whether what was published is stored', () => {
  it('is known by ids, whatever the sum says', () => {
    const all = askStored({ ...bySum, verdict: 'inconclusive', worst: null }, seen({}));
    expect(all).toMatchObject({ verdict: 'pass', worst: 0, reason: 'All 400 are stored, once.' });
    // Other messages of the same time fill the sum.
    expect(askStored(bySum, seen({ stored: 398, lost: 2 }))).toMatchObject({
      verdict: 'fail',
      worst: 0.5,
      limit: null,
      reason: '2 of 400 acknowledged messages were found nowhere.',
    });
    expect(askStored(bySum, seen({ stored: 399, deadLettered: 1 }))).toMatchObject({ verdict: 'fail' });
    expect(askStored(bySum, seen({ duplicated: 1 }))).toMatchObject({
      verdict: 'fail',
      reason: '1 messages are stored twice.',
    });
  });

  it('is open while some wait', () => {
    expect(askStored(bySum, seen({ stored: 300, lost: 100 }, 90))).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('90 wait'),
    });
  });

  it('is not concluded from a table that has none of them: it may be another than the run’s', () => {
    const none = seen({ stored: 0, lost: 400 });
    expect(askStored(bySum, none)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/^None of the 400 .* By count: Below the limit/),
    });
    // Both say so: a write path that is dead.
    expect(askStored({ ...bySum, verdict: 'fail', worst: 100 }, none)).toMatchObject({
      verdict: 'fail',
      worst: 100,
    });
  });

  it('is asked of the sum where ids cannot be, and says why', () => {
    expect(askStored(bySum, undefined)).toBe(bySum);
    const paused: MessagesSeen = { reconciliation: null, problem: 'the cluster is paused', waiting: 0 };
    expect(askStored(bySum, paused)).toEqual({
      ...bySum,
      reason: `${bySum.reason} It could not be checked by ids: the cluster is paused.`,
    });
    expect(askStored(bySum, seen({ published: 0, stored: 0 }))).toBe(bySum);
  });
});

it('knows that none was given up only where each is stored', () => {
  expect(allAreStored(seen({}))).toBe(true);
  expect(allAreStored(seen({ stored: 399, lost: 1 }))).toBe(false);
  expect(allAreStored(seen({ published: 0, stored: 0 }))).toBe(false);
  expect(allAreStored(undefined)).toBe(false);
  expect(allAreStored({ reconciliation: null, problem: 'x', waiting: 0 })).toBe(false);
});
