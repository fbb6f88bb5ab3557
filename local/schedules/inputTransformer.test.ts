import { expect, it } from 'vitest';
import { inputTransformer } from './inputTransformer.ts';

it('puts members of the event where the template names them, as JSON', () => {
  const transform = inputTransformer('{"time":<time>,"detail":<d>,"systems":["a"]}', {
    time: '$.time',
    d: '$.detail',
  });
  expect(transform({ time: '2026-01-05T12:00:00Z', detail: { n: 1 } })).toMatchObject({
    time: '2026-01-05T12:00:00Z',
    detail: { n: 1 },
    systems: ['a'],
  });
});

it.each([
  ['{"time":<time>}', { time: '$.detail.time' }, 'expected $.member'],
  ['{"time":<when>}', { time: '$.time' }, 'expected JSON with <name> for values'],
  ['time <time>', { time: '$.time' }, 'expected JSON with <name> for values'],
])('refuses %s with %j', (template, paths, problem) => {
  expect(() => inputTransformer(template, paths)).toThrow(problem);
});
