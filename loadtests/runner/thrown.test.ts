import { expect, it } from 'vitest';
import { Thrown } from './thrown.ts';

it('tells a hundred messages apart, and counts all that threw', () => {
  const lines: string[] = [];
  const thrown = new Thrown((line) => void lines.push(line));
  for (let id = 1; id <= 1_000; id += 1) thrown.add('main', `no client ${id}`);
  thrown.add('main', 'no client 1');
  expect(thrown.times).toBe(1_001);
  expect(thrown.byMessage.size).toBe(101);
  expect(thrown.byMessage.get('no client 1')).toBe(2);
  expect(thrown.byMessage.get('other messages')).toBe(900);
  expect(lines).toHaveLength(101);
  expect(thrown.reason).toBe('1001 iterations threw, the first: no client 1');
});
