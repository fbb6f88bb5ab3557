import { expect, it } from 'vitest';
import { formatEndings } from './formatEndings.ts';

it('says of drills in a row how each ended, and of how many', () => {
  const text = formatEndings(
    [
      { drill: 'revoke-db-ingress', verdict: 'passed', reason: 'every expectation was met' },
      { drill: 'throttle-api', verdict: 'refused', reason: 'already in ALARM: x' },
    ],
    4,
    { color: false },
  );
  expect(text.split('\n')).toEqual([
    '1 of 4 drills passed',
    '  revoke-db-ingress  PASSED       every expectation was met',
    '  throttle-api       REFUSED      already in ALARM: x',
  ]);
});
