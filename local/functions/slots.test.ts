import { expect, it } from 'vitest';
import { Slots } from './slots.ts';

it('gives its places in the order in which they are asked for, and each back once only', () => {
  const slots = new Slots(2);
  const given: string[] = [];
  const releases = new Map<string, () => void>();
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    slots.take((release) => {
      given.push(name);
      releases.set(name, release);
    });
  }
  expect(given).toEqual(['a', 'b']);
  releases.get('b')?.();
  expect(given).toEqual(['a', 'b', 'c']);
  // An environment that was ready and ends later gives its place back twice.
  releases.get('b')?.();
  expect(given).toEqual(['a', 'b', 'c']);
  releases.get('a')?.();
  expect(given).toEqual(['a', 'b', 'c', 'd']);
});
