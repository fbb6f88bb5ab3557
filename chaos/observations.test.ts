import { expect, it } from 'vitest';
import { countByKind, isGood, isWrong, type Answer } from './observations.ts';

const answer = (status: number, checksHold: boolean): Answer => ({
  startMs: 0,
  endMs: 1,
  latencyMs: 1,
  status,
  checksHold,
});

it('takes every status of success for good where the checks of its request hold, and for wrong where not', () => {
  for (const status of [200, 201, 202, 204]) {
    expect([isGood(answer(status, true)), isWrong(answer(status, true))]).toEqual([true, false]);
    expect([isGood(answer(status, false)), isWrong(answer(status, false))]).toEqual([false, true]);
  }
  for (const status of [0, 400, 404, 429, 500, 503]) {
    expect([isGood(answer(status, true)), isWrong(answer(status, false))]).toEqual([false, false]);
  }
});

it('counts every answer as of one kind', () => {
  const answers = [
    answer(200, true),
    answer(201, true),
    answer(202, false),
    answer(503, false),
    answer(429, false),
    answer(500, false),
    answer(0, false),
  ];
  expect(countByKind(answers)).toEqual({ right: 2, wrong: 1, unavailable: 1, refused: 1, other: 2 });
});
