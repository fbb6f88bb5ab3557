import { describe, expect, it } from 'vitest';
import { drillPicture } from './drillPicture.ts';
import { noObservations, type Answer } from './observations.ts';
import { seenOf } from './seenOf.ts';
import { testDocument } from './testing/systemDocuments.ts';

const startMs = Date.UTC(2026, 0, 1);
const at = (second: number): string => new Date(startMs + second * 1_000).toISOString();
const answer = (second: number, status: number, checksHold = status === 200): Answer => ({
  startMs: startMs + second * 1_000,
  endMs: startMs + second * 1_000 + 20,
  latencyMs: 20,
  status,
  checksHold,
});

/** A minute: right answers, 20 s of 503s, connections that come back, an alarm. */
function minute() {
  const observations = noObservations(testDocument('system-01'));
  for (let second = 0; second < 60; second += 0.5) {
    observations.answers.push(answer(second, second >= 20 && second < 40 ? 503 : 200));
  }
  observations.answers.push(answer(30, 200, false), answer(30, 429), answer(30, 0));
  for (const [second, value] of [
    [0, 0],
    [1, 0],
    [25, 8],
    [45, 0],
  ] as const) {
    observations.queued.push({ atMs: startMs + second * 1_000, value });
  }
  for (const second of [40.1, 40.2, 42.7])
    observations.openings.push({ atMs: startMs + second * 1_000, value: 1 });
  observations.onCall.push({ atMs: startMs, value: 'quiet' }, { atMs: startMs + 30_500, value: 'paged' });
  return seenOf(observations, startMs);
}

describe('what a drill saw of a system', () => {
  const seen = minute();

  it('is kept by the second, each answer as one kind', () => {
    expect(seen.answers[20]).toEqual({
      second: 20,
      right: 0,
      wrong: 0,
      unavailable: 2,
      refused: 0,
      other: 0,
    });
    expect(seen.answers[30]).toEqual({
      second: 30,
      right: 0,
      wrong: 1,
      unavailable: 2,
      refused: 1,
      other: 1,
    });
    expect(seen.queue).toEqual([
      { second: 0, value: 0 },
      { second: 25, value: 8 },
      { second: 45, value: 0 },
    ]);
    expect(seen.openings).toEqual([
      { second: 40, value: 2 },
      { second: 42, value: 1 },
    ]);
  });

  it('is drawn on one axis with the fault, without what was not seen', () => {
    const lines = drillPicture({
      timeline: [
        { step: 'steady', start: at(0), end: at(20) },
        { step: 'inject', start: at(20), end: at(20) },
        { step: 'observe', start: at(20), end: at(39) },
        { step: 'restore', start: at(39), end: at(39) },
        { step: 'recover', start: at(39), end: at(60) },
      ],
      seen: [seen],
      expectations: [],
    });
    const row = (label: string) => lines.find((line) => line.trim().startsWith(label))?.slice(21);
    expect(lines[0]).toBe('  system-01, a column is 1.0 s');
    expect(row('fault')).toBe(`${' '.repeat(20)}${'█'.repeat(20)}`);
    expect(row('right a second')).toBe(`${'█'.repeat(20)}${' '.repeat(20)}${'█'.repeat(20)}  most 2`);
    expect(row('503 a second')).toBe(`${' '.repeat(20)}${'█'.repeat(20)}${' '.repeat(20)}  most 2`);
    expect(row('opened a second')).toBe(`${' '.repeat(40)}█ ▄${' '.repeat(17)}  most 2, 3 in all`);
    expect(row('queue')).toBe(`${' '.repeat(25)}${'█'.repeat(21)}${' '.repeat(14)}  most 8`);
    expect(row('page')).toBe(`${' '.repeat(30)}${'█'.repeat(30)}`);
    expect(lines.some((line) => line.includes('connections'))).toBe(false);
  });

  it('is drawn of the system that failed, and not at all without a record', () => {
    const two = [seen, { ...seen, system: 'system-02' }];
    const timeline = [{ step: 'steady' as const, start: at(0), end: at(60) }];
    const unmet = { system: 'system-02', outcome: 'unmet' as const } as never;
    expect(drillPicture({ timeline, seen: two, expectations: [unmet] })[0]).toContain('system-02');
    expect(drillPicture({ timeline, expectations: [] })).toEqual([]);
  });
});
