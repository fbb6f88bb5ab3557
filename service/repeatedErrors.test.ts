import { expect, it } from 'vitest';
import type { ErrorCode } from './errors.ts';
import { RepeatedErrors } from './repeatedErrors.ts';

const played = (...invocations: ErrorCode[][]): number[] => {
  const errors = new RepeatedErrors();
  return invocations.map((codes) => {
    codes.forEach((code) => errors.failed(code));
    return errors.endInvocation();
  });
};

it('counts an error code that comes back, also with good invocations in between', () => {
  expect(played(['internal'], [], ['databaseSlow'], ['internal'], ['databaseSlow'])).toEqual([0, 0, 0, 1, 1]);
});

it('counts what one batch repeats', () => {
  expect(played(['messageInvalid', 'messageInvalid', 'messageNotJson', 'messageInvalid'])).toEqual([2]);
});

it('forgets what lies more than twenty invocations back', () => {
  const quiet = Array.from({ length: 19 }, () => []);
  expect(played(['internal'], ...quiet, ['internal']).at(-1)).toBe(1);
  expect(played(['internal'], ...quiet, [], ['internal']).at(-1)).toBe(0);
});
