import { expect, it } from 'vitest';
import { notExercised } from '../../monitoring/rehearsal.ts';
import { exampleRun } from '../../records/testing/examples.ts';
import { summaryInShort, summaryLines } from './summary.ts';

const good = { ...exampleRun, checks: [{ name: 'status is 200', passes: 10, fails: 0 }] };

it('is a line where nothing went wrong', () => {
  expect(summaryInShort(good)).toEqual([
    '  ✓ 60.0 requests and 9.9 messages a second: 6 of 2400 requests to 2 systems failed, p99 at most 21 ms',
  ]);
  expect(summaryInShort({ ...good, paced: false })).toEqual([
    '  ✓ 6 of 2400 requests to 2 systems failed, p99 at most 21 ms',
  ]);
});

it('is all that was measured where something did, the note on rehearsals aside', () => {
  const [threshold] = good.thresholds;
  for (const bad of [
    exampleRun,
    { ...good, complete: false, reason: 'it was stopped' },
    { ...good, thresholds: [{ ...threshold!, ok: false }] },
  ]) {
    expect(summaryInShort(bad)).toEqual(summaryLines(bad).slice(0, -1));
    expect(summaryLines(bad).at(-1)).toContain(notExercised[0]);
  }
});
