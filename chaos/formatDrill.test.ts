import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { rehearsalNote } from '../monitoring/rehearsal.ts';
import type { DrillResult, ExpectationRecord } from '../records/drill.ts';
import { formatDrill } from './formatDrill.ts';

const record = (system: string, change: Partial<ExpectationRecord>): ExpectationRecord => ({
  step: 'observe',
  id: 'alarm',
  title: 'errorRate alarm reaches ALARM',
  system,
  unit: 'milliseconds',
  relation: '<=',
  limit: 50_000,
  measured: 20_000,
  outcome: 'met',
  ...change,
});

const result: DrillResult = {
  schemaVersion: 1,
  drillId: 'revoke-db-ingress-20260101T000000Z',
  drill: 'revoke-db-ingress',
  hypothesis: 'nothing is lost',
  stage: 'local',
  place: 'local',
  rehearsal: true,
  periodSeconds: 10,
  systems: ['system-01', 'system-02'],
  verdict: 'failed',
  reason: 'system-02: messages lost',
  restored: true,
  timeline: [
    { step: 'steady', start: '2026-01-01T00:00:00.000Z', end: '2026-01-01T00:00:15.000Z' },
    { step: 'observe', start: '2026-01-01T00:00:15.000Z', end: '2026-01-01T00:00:45.000Z' },
  ],
  expectations: [
    record('system-01', {}),
    record('system-02', { measured: 31_200 }),
    record('system-01', { step: 'settle', id: 'lost', title: 'lost', unit: 'count', limit: 0, measured: 0 }),
    record('system-02', {
      step: 'settle',
      id: 'lost',
      title: 'lost',
      unit: 'count',
      limit: 0,
      measured: 2,
      outcome: 'unmet',
    }),
  ],
  messages: [
    {
      system: 'system-02',
      published: 100,
      stored: 97,
      deadLettered: 1,
      lost: 2,
      duplicated: 0,
      unresolved: 0,
      examples: { lost: [2_000_000_007], duplicated: [] },
    },
  ],
};

describe('formatDrill', () => {
  it('shows the verdict, the worst system of each expectation, and where the messages went', () => {
    const text = formatDrill(result, { color: false });
    expect(text).toContain(rehearsalNote);
    expect(formatDrill({ ...result, rehearsal: false }, { color: false })).not.toContain('rehearsal');
    expect(text).toContain('(local, a rehearsal, 2 systems): FAILED: system-02: messages lost');
    expect(text).toMatch(/✓ errorRate alarm reaches ALARM +31\.2 s +<= 50\.0 s +2\/2, worst system-02/);
    expect(text).toMatch(/✗ lost +2 +<= 0 +1\/2, worst system-02/);
    expect(text).toContain('100 published = 97 stored + 1 dead-lettered + 2 lost; 0 stored twice');
    expect(text).toContain('system-02: lost, for example 2000000007');
  });

  it('says which part of the stage was drilled, and how it was chosen', () => {
    const scope = { stageSystems: 20, share: { percent: 10, seed: '2026-01-01' } };
    expect(formatDrill({ ...result, scope }, { color: false })).toContain(
      '(local, a rehearsal, 2 of 20 systems (10 %, seed 2026-01-01): system-01, system-02): FAILED',
    );
  });

  it('shows where poison went, of a drill that published some', () => {
    const [messages] = result.messages;
    const poison = { published: 16, deadLettered: 15, stored: 1, left: 2 };
    const text = formatDrill({ ...result, messages: [{ ...messages!, poison }] }, { color: false });
    expect(text).toContain('16 published, 15 dead-lettered, 1 stored; 2 left in the dead-letter queue');
    expect(formatDrill(result, { color: false })).not.toContain('poison');
  });

  it('draws the steps on one scale', () => {
    const bars = formatDrill(result, { color: false })
      .split('\n')
      .filter((line) => line.includes('█'));
    expect(bars).toHaveLength(2);
    expect(bars.map((bar) => bar.split('█').length - 1)).toEqual([13, 27]);
    expect(bars[1]?.indexOf('█')).toBe(bars[0]!.lastIndexOf('█') + 1);
  });

  it('in short shows the picture, what was not met and where the messages went', () => {
    const seen = [
      {
        system: 'system-01',
        answers: [{ second: 1, right: 5, wrong: 0, unavailable: 0, refused: 0, other: 0 }],
        queue: [],
        connections: [],
        page: [],
        errorAlarm: [],
        openings: [],
      },
    ];
    const text = formatDrill({ ...result, seen }, { color: false, inShort: true });
    expect(text).toMatch(/right a second +█/);
    expect(text).toMatch(/✗ lost +2/);
    expect(text).not.toContain('errorRate alarm reaches ALARM');
    expect(text).toContain('  1 of 2 expectations met on every system\n  messages: 100 published');
    expect(text).not.toContain(rehearsalNote);
    expect(text).not.toMatch(/steady +15\.0 s/);
  });

  it('says no more in colour than without', () => {
    const colored = formatDrill(result, { color: true });
    expect(colored).toContain('\u001B[31mFAILED\u001B[39m');
    expect(stripVTControlCharacters(colored)).toBe(formatDrill(result, { color: false }));
  });
});
