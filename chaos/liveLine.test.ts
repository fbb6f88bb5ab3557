import { expect, it } from 'vitest';
import { liveLineOf } from './liveLine.ts';
import { noObservations, type Answer } from './observations.ts';
import { testDocument } from './testing/systemDocuments.ts';

const answer = (status: number, checksHold = status === 200): Answer => ({
  startMs: 0,
  endMs: 0,
  latencyMs: 1,
  status,
  checksHold,
});

const times = (count: number, one: Answer): Answer[] => Array.from({ length: count }, () => one);

it('tells what came since the line before, by kind and a second', () => {
  const system = noObservations(testDocument('system-01'));
  system.answers.push(...times(7, answer(200)));
  const line = liveLineOf('observe', [system], 1_000);
  system.answers.push(...times(20, answer(200)));
  expect(line(2_000)).toBe('observe 1 s: 20 right a second');
  system.answers.push(...times(30, answer(503)), ...times(4, answer(200, false)), answer(429), answer(429));
  system.answers.push(answer(0), answer(500));
  expect(line(4_000)).toBe('observe 3 s: 0 right, 2 wrong, 15 503, 1 429, 1 other a second');
  expect(line(5_000)).toBe('observe 4 s: 0 right a second');
  system.answers.push(answer(200, false));
  expect(line(15_000)).toBe('observe 14 s: 0 right, <1 wrong a second');
});

it('tells what the step looks at, and nothing of the steps before', () => {
  const system = noObservations(testDocument('system-01'));
  system.sessions.push({ atMs: 900, value: 12 });
  system.queued.push({ atMs: 900, value: 1 }, { atMs: 1_500, value: 40 });
  system.errorAlarm.push({ atMs: 1_500, value: 'ALARM' });
  system.onCall.push({ atMs: 1_500, value: 'held back' });
  expect(liveLineOf('observe', [system], 1_000)(2_000)).toBe(
    'observe 1 s: 0 right a second · queue 40 · errorRate ALARM · page held back',
  );
});

it('adds systems up, and counts those that are not as usual', () => {
  const systems = ['a', 'b', 'c'].map((name) => noObservations(testDocument(name)));
  for (const [index, system] of systems.entries()) {
    system.answers.push(answer(200));
    system.sessions.push({ atMs: 1_500, value: 3 + index });
    system.errorAlarm.push({ atMs: 1_500, value: index === 0 ? 'OK' : 'ALARM' });
    system.onCall.push({ atMs: 1_500, value: 'quiet' });
  }
  const line = liveLineOf('recover', systems, 1_000);
  for (const system of systems) system.answers.push(answer(200));
  expect(line(2_000)).toBe(
    'recover 1 s: 3 right a second · connections 12 · errorRate ALARM in 2 of 3 · page quiet',
  );
});
