import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortRuns, type RunSchema, type RunStack } from './leftovers.ts';

const hourMs = 3_600_000;
const nowMs = Date.parse('2026-11-26T03:00:00Z');
const leftAfterMs = 6 * hourMs;
const at = { nowMs, leftAfterMs };

const stack = (run: string, change: Partial<RunStack> = {}): RunStack => ({
  stage: `test-${run}`,
  name: `test-${run}-orders`,
  id: `arn:${run}`,
  status: 'CREATE_COMPLETE',
  changedMs: nowMs - 7 * hourMs,
  ...change,
});
const schema = (run: string): RunSchema => ({
  stage: `test-${run}`,
  schema: `test_${run}`,
  system: 'orders',
});

describe('of the runs that something is there of', () => {
  it.each([
    ['one that nobody has changed for long', stack('1')],
    ['one whose removal failed', stack('1', { status: 'DELETE_FAILED' })],
    ['one whose making failed', stack('1', { status: 'ROLLBACK_COMPLETE' })],
    ['one that nobody executed', stack('1', { status: 'REVIEW_IN_PROGRESS' })],
  ])('%s is left', (_, one) => {
    expect(sortRuns([one], [schema('1')], at)).toEqual({
      leftovers: [{ stage: 'test-1', stacks: [one], schemas: [schema('1')] }],
      spared: [],
    });
  });

  it('a schema alone is left', () => {
    expect(sortRuns([], [schema('1')], at).leftovers).toEqual([
      { stage: 'test-1', stacks: [], schemas: [schema('1')] },
    ]);
  });

  it.each([
    ['is being made', { status: 'CREATE_IN_PROGRESS' }, 'test-1-orders is CREATE_IN_PROGRESS'],
    ['is being removed', { status: 'DELETE_IN_PROGRESS' }, 'test-1-orders is DELETE_IN_PROGRESS'],
    ['was changed lately', { changedMs: nowMs - 5.5 * hourMs }, 'test-1-orders was changed 5.5 hours ago'],
  ])('one that %s is left alone', (_, change, reason) => {
    expect(sortRuns([stack('1', change)], [schema('1')], at)).toEqual({
      leftovers: [],
      spared: [{ stage: 'test-1', reason }],
    });
  });

  it('none is touched that any stack says is under way, whatever there is beside it', () => {
    const statuses = ['CREATE_COMPLETE', 'UPDATE_IN_PROGRESS', 'DELETE_FAILED', 'REVIEW_IN_PROGRESS'];
    const anyStack = fc.record({
      run: fc.constantFrom('1', '2', '3'),
      system: fc.constantFrom('orders', 'returns'),
      status: fc.constantFrom(...statuses),
      hours: fc.double({ min: 0, max: 24, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(anyStack), fc.array(fc.constantFrom('1', '2', '3', '4')), (made, runs) => {
        const stacks = made.map(({ run, system, status, hours }) =>
          stack(run, { name: `test-${run}-${system}`, status, changedMs: nowMs - hours * hourMs }),
        );
        const { leftovers, spared } = sortRuns(stacks, runs.map(schema), at);
        const touched = leftovers.flatMap((one) => one.stacks);
        for (const { status, changedMs } of touched) {
          expect(status).not.toBe('UPDATE_IN_PROGRESS');
          expect(nowMs - changedMs).toBeGreaterThanOrEqual(leftAfterMs);
        }
        // A run is touched whole, or not at all.
        const stages = leftovers.map(({ stage }) => stage);
        expect(stacks.filter(({ stage }) => stages.includes(stage))).toHaveLength(touched.length);
        expect(stages.filter((stage) => spared.some((one) => one.stage === stage))).toEqual([]);
        expect(new Set([...stages, ...spared.map(({ stage }) => stage)])).toEqual(
          new Set([...stacks.map(({ stage }) => stage), ...runs.map((run) => `test-${run}`)]),
        );
      }),
    );
  });
});
