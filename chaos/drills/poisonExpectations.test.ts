import { describe, expect, it } from 'vitest';
import {
  noObservations,
  noPoison,
  type Milestones,
  type PoisonSeen,
  type Observations,
} from '../observations.ts';
import { testDocument } from '../testing/systemDocuments.ts';
import { notPaged } from './expectations.ts';
import {
  companionsStored,
  noOtherDeadLetters,
  otherDeadLettersKept,
  poisonGivenUpAtOnce,
  toldOfMessages,
} from './poisonExpectations.ts';

const milestones: Milestones = {
  steadyMs: 0,
  injectMs: 20_000,
  inPlaceMs: 22_000,
  restoredMs: 60_000,
  settleMs: null,
  nowMs: 70_000,
};

const seen = (change: Partial<Observations>): Observations => ({
  ...noObservations(testDocument('system-01')),
  ...change,
});
const poison = (...looks: [atMs: number, value: Partial<PoisonSeen>][]): Observations =>
  seen({ poison: looks.map(([atMs, value]) => ({ atMs, value: { ...noPoison, published: 8, ...value } })) });

describe('poison', () => {
  it('is given up when all of it lies there with its reason, counted from the first that was published', () => {
    const { measure } = poisonGivenUpAtOnce(25_000);
    const partly = { deadLettered: 8, explained: 7 };
    expect(measure(poison([23_000, partly]), milestones)).toBeNull();
    expect(measure(poison([23_000, partly], [26_000, { deadLettered: 8, explained: 8 }]), milestones)).toBe(
      6_000,
    );
    expect(measure(poison([23_000, { published: 0 }]), milestones)).toBeNull();
  });

  it('holds up no good message when all that was published with it is stored', () => {
    const { measure } = companionsStored(25_000);
    expect(measure(poison([23_000, { companionsLeft: 2 }]), milestones)).toBeNull();
    expect(
      measure(poison([23_000, { companionsLeft: 2 }], [24_000, { companionsLeft: 0 }]), milestones),
    ).toBe(4_000);
    expect(measure(poison([23_000, {}]), milestones)).toBeNull();
  });

  it('is all that the dead letters grew by, whatever lay there before', () => {
    const { measure } = noOtherDeadLetters();
    const grown = (to: number) => ({
      ...poison([23_000, {}]),
      deadLetters: [
        { atMs: 19_000, value: 3 },
        { atMs: 30_000, value: to },
      ],
    });
    expect(measure(grown(11), milestones)).toBe(0);
    expect(measure(grown(12), milestones)).toBe(1);
    expect(measure(seen({ deadLetters: [{ atMs: 30_000, value: 8 }] }), milestones)).toBeNull();
  });

  it('is taken away alone', () => {
    const { measure } = otherDeadLettersKept();
    const after = (value: number) =>
      seen({
        deadLetters: [
          { atMs: 19_000, value: 3 },
          { atMs: 61_000, value },
        ],
      });
    expect(measure(after(3), milestones)).toBe(0);
    expect(measure(after(4), milestones)).toBe(0);
    expect(measure(after(1), milestones)).toBe(2);
    expect(measure(after(3), { ...milestones, restoredMs: null })).toBeNull();
  });

  it('is told of by the page of the messages, not by that of affected users', () => {
    const told = [
      { atMs: 30_000, value: 'held back' },
      { atMs: 52_000, value: 'paged' },
    ] as const;
    expect(toldOfMessages(60_000).measure(seen({ messagesOnCall: [...told] }), milestones)).toBe(30_000);
    expect(toldOfMessages(60_000).measure(seen({ onCall: [...told] }), milestones)).toBeNull();
    expect(notPaged().measure(seen({ onCall: [...told] }), milestones)).toBe(2);
    expect(notPaged().measure(seen({}), milestones)).toBeNull();
  });
});
