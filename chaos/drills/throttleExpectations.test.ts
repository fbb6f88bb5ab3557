import { describe, expect, it } from 'vitest';
import { noObservations, type Answer, type Milestones, type Observations } from '../observations.ts';
import { testDocument } from '../testing/systemDocuments.ts';
import {
  connectionsDoNotGrow,
  fastRefusals,
  noServerErrors,
  nothingElse,
  refusedShare,
  servedShare,
  throttleHasEffect,
} from './throttleExpectations.ts';

const milestones: Milestones = {
  steadyMs: 0,
  injectMs: 20_000,
  inPlaceMs: 20_500,
  restoredMs: null,
  settleMs: null,
  nowMs: 60_000,
};

const answer = (atMs: number, status: number, change: Partial<Answer> = {}): Answer => ({
  startMs: atMs,
  endMs: atMs + 100,
  latencyMs: 100,
  status,
  checksHold: status === 200,
  ...change,
});

const seen = (change: Partial<Observations>): Observations => ({
  ...noObservations(testDocument('system-01')),
  ...change,
});

describe('a throttled API', () => {
  const early = [answer(10_000, 429), answer(21_000, 200), answer(22_000, 200)];
  const answers = [
    ...early,
    answer(23_000, 429),
    answer(24_000, 200),
    answer(25_000, 429),
    answer(26_000, 429),
  ];

  it('feels it from the first answer that is not right, be it a wrong one', () => {
    const { measure } = throttleHasEffect(60_000);
    expect(measure(seen({ answers: early }), milestones)).toBeNull();
    expect(measure(seen({ answers }), milestones)).toBe(2_600);
    const wrong = answer(21_500, 200, { checksHold: false });
    expect(measure(seen({ answers: [...answers, wrong] }), milestones)).toBe(1_100);
  });

  it('refuses and serves shares, from the first refusal on', () => {
    expect(refusedShare(25).measure(seen({ answers }), milestones)).toBe(75);
    expect(servedShare(25).measure(seen({ answers }), milestones)).toBe(25);
    expect(servedShare(25).measure(seen({ answers: early }), milestones)).toBeNull();
  });

  it('gives no other answer', () => {
    const others = [answer(30_000, 500), answer(31_000, 0), answer(32_000, 200, { checksHold: false })];
    expect(nothingElse().measure(seen({ answers }), milestones)).toBe(0);
    expect(nothingElse().measure(seen({ answers: [...answers, ...others] }), milestones)).toBeCloseTo(
      33.3,
      1,
    );
    expect(noServerErrors().measure(seen({ answers: [...answers, ...others] }), milestones)).toBe(1);
  });

  it('is timed by its refusals alone', () => {
    const slow = answer(27_000, 200, { latencyMs: 9_000 });
    expect(fastRefusals(1_000).measure(seen({ answers: [...answers, slow] }), milestones)).toBe(100);
    expect(fastRefusals(1_000).measure(seen({ answers: early }), milestones)).toBeNull();
  });

  it('holds no more connections than at most before', () => {
    const { measure } = connectionsDoNotGrow(10);
    const sessions = [
      { atMs: 5_000, value: 6 },
      { atMs: 19_000, value: 4 },
      { atMs: 25_000, value: 9 },
      { atMs: 26_000, value: 5 },
    ];
    expect(measure(seen({ sessions }), milestones)).toBe(3);
    expect(measure(seen({ sessions: sessions.slice(0, 2) }), milestones)).toBeNull();
    expect(
      measure(seen({ sessions: [...sessions.slice(0, 2), { atMs: 30_000, value: 2 }] }), milestones),
    ).toBe(0);
  });
});
