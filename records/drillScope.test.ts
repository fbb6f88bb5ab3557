import { expect, it } from 'vitest';
import { scopeInWords } from './drillScope.ts';

it('says in a line which part of a stage was drilled', () => {
  expect(scopeInWords(['a', 'b'])).toBe('2 systems');
  expect(scopeInWords(['a', 'b', 'c'], { stageSystems: 3, share: null })).toBe('3 systems');
  expect(scopeInWords(['a'], { stageSystems: 1, share: null })).toBe('1 system');
  expect(scopeInWords(['a'], { stageSystems: 3, share: null })).toBe('1 of 3 systems: a');
  expect(scopeInWords(['a', 'b'], { stageSystems: 20, share: { percent: 10, seed: 'x' } })).toBe(
    '2 of 20 systems (10 %, seed x): a, b',
  );
});
