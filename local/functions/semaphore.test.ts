import { expect, it } from 'vitest';
import { Semaphore } from './semaphore.ts';

it('gives its permits in the order in which they are asked for, and each back once only', () => {
  const semaphore = new Semaphore(2);
  const given: string[] = [];
  const releases = new Map<string, () => void>();
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    semaphore.acquire((release) => {
      given.push(name);
      releases.set(name, release);
    });
  }
  expect(given).toEqual(['a', 'b']);
  releases.get('b')?.();
  expect(given).toEqual(['a', 'b', 'c']);
  // An environment that was ready and ends later gives its permit back twice.
  releases.get('b')?.();
  expect(given).toEqual(['a', 'b', 'c']);
  releases.get('a')?.();
  expect(given).toEqual(['a', 'b', 'c', 'd']);
});
