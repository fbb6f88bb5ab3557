import { expect, test } from 'vitest';
import { goodRun, holdStartMs, messagesPerSecond, periodSeconds } from './testing/judgeInput.ts';
import { unstoredByPeriod } from './unstored.ts';

const period = (index: number): number => holdStartMs + index * periodSeconds * 1_000;
const sent = messagesPerSecond * periodSeconds;

/** The shares of six held periods in which so many were stored; null where the metric is silent. */
function shares(stored: readonly (number | null)[], heard: readonly number[] = []): (number | undefined)[] {
  const values = new Map(
    stored.flatMap((count, index): [number, number][] => (count === null ? [] : [[period(index), count]])),
  );
  const found = unstoredByPeriod(goodRun(), 'orders', periodSeconds, values, heard);
  return stored.map((_, index) => found.get(period(index)));
}

test.each([
  ['all stored at once', [sent, sent, sent, sent], [0, 0, 0, 0]],
  ['ten seconds behind', [0, sent, sent, sent], [0, 0, 0, 0]],
  ['twenty seconds behind', [0, 0, sent, sent], [0, 100, 50, (1 / 3) * 100]],
  ['half of it stored', [sent / 2, sent / 2, sent / 2, sent / 2], [0, 0, 25, (1 / 3) * 100]],
  ['it works off what lay there before', [3 * sent, sent, sent, sent], [0, 0, 0, 0]],
])('%s', (_, stored, expected) => {
  expect(shares(stored)).toEqual(expected.map((share) => expect.closeTo(share, 5)));
});

test('a subscriber that is heard and stores nothing has stored nothing', () => {
  expect(shares([null, null, null], [period(0), period(1), period(2)])).toEqual([0, 100, 100]);
});

test('of a period in which it is not heard nothing is said', () => {
  expect(shares([null, sent, null, 0])).toEqual([undefined, 0, undefined, 50]);
  expect(shares([null, null])).toEqual([undefined, undefined]);
});

test('a run without messages has none that are not stored', () => {
  const run = goodRun();
  delete run.systems[0]!.messages;
  expect(unstoredByPeriod(run, 'orders', periodSeconds, new Map([[period(0), 3]]), [])).toEqual(new Map());
});
