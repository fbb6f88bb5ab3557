import { describe, expect, it } from 'vitest';
import { noObservations, type Milestones } from './observations.ts';
import {
  conclude,
  judge,
  progressOf,
  type Expectation,
  type Finding,
  type WatchedStep,
} from './expectation.ts';
import { testDocument } from './testing/systemDocuments.ts';

const observations = noObservations(testDocument('system-01'));
const milestones: Milestones = {
  steadyMs: 0,
  injectMs: null,
  inPlaceMs: null,
  restoredMs: null,
  settleMs: null,
  nowMs: 0,
};
const expectationOf = (change: Partial<Expectation>): Expectation => ({
  id: 'x',
  title: 'x',
  needs: [],
  unit: 'count',
  kind: 'always',
  relation: '<=',
  limit: 10,
  measure: () => null,
  ...change,
});
const judged = (change: Partial<Expectation>, elapsedMs = 0): Finding =>
  judge(expectationOf(change), observations, milestones, elapsedMs);
const step: WatchedStep = { minimumMs: 10, maximumMs: 100, expectations: [] };

describe('judge', () => {
  it.each([
    ['always', 10, 'met', false],
    ['always', 11, 'unmet', true],
    ['always', null, 'undecided', false],
    ['eventually', 10, 'met', true],
    ['eventually', 11, 'undecided', false],
    ['eventually', null, 'undecided', false],
    ['atEnd', 11, 'unmet', false],
    ['atEnd', null, 'undecided', false],
  ] as const)('%s, measured %s, limit 10: %s', (kind, measured, outcome, final) => {
    expect(judged({ kind, measure: () => measured })).toMatchObject({ outcome, final, measured });
  });

  it('gives up on what should have happened within its time', () => {
    const late: Partial<Expectation> = { kind: 'eventually', withinMs: 50 };
    expect(judged(late, 49)).toMatchObject({ outcome: 'undecided', final: false });
    expect(judged(late, 50)).toMatchObject({ outcome: 'unmet', final: true });
  });

  it("takes a limit from the system's document", () => {
    const finding = judged({
      relation: '>=',
      limit: ({ cluster }) => cluster!.connectionLimit!,
      measure: () => 49,
    });
    expect(finding).toMatchObject({ limit: 50, outcome: 'unmet' });
  });
});

describe('progressOf', () => {
  const met = judged({ measure: () => 1 });
  const broken = judged({ measure: () => 11 });
  const waiting = judged({ kind: 'eventually' });
  const poor = judged({ kind: 'atEnd', measure: () => 11 });

  it('ends at once where nothing can be saved', () => {
    expect(progressOf([met, broken], 0, step)).toBe('unmet');
  });
  it('watches its minimum, and on while something is undecided', () => {
    expect(progressOf([met], 9, step)).toBe('waiting');
    expect(progressOf([met, waiting], 99, step)).toBe('waiting');
    expect(progressOf([met], 10, step)).toBe('completed');
  });
  it('judges at the end what is judged at the end', () => {
    expect(progressOf([met, poor], 9, step)).toBe('waiting');
    expect(progressOf([met, poor], 10, step)).toBe('unmet');
  });
});

describe('conclude', () => {
  const waiting = judged({ kind: 'eventually' });
  const silent = judged({ kind: 'always' });

  it('calls unmet what did not happen in the whole step, undecided what was cut short', () => {
    expect(conclude([waiting], 100, step)[0]).toMatchObject({ outcome: 'unmet' });
    expect(conclude([waiting], 99, step)[0]).toMatchObject({ outcome: 'undecided' });
  });
  it('never calls the absence of data a failure or a success', () => {
    expect(conclude([silent], 100, step)[0]).toMatchObject({ outcome: 'undecided' });
  });
});
