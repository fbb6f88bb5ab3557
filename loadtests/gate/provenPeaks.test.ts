import { expect, it } from 'vitest';
import { goodRun } from './testing/judgeInput.ts';
import { peaksProvenBy } from './provenPeaks.ts';
import type { VerdictFile } from '../../records/verdict.ts';

const run = goodRun();
const verdict = (change: Partial<VerdictFile> = {}): VerdictFile => ({
  schemaVersion: 2,
  runId: run.runId,
  stage: 'qa',
  place: 'aws',
  rehearsal: false,
  judgedAt: '2026-01-05T12:05:00.000Z',
  configurationHash: run.configurationHash,
  heldPeriods: 10,
  verdict: 'pass',
  records: [],
  headroom: [],
  ...change,
});

it('is what each system carried of both loads, rounded down', () => {
  run.systems[0]!.hold.achievedPerSecond = 29.97;
  run.systems[0]!.messages!.hold.achievedPerSecond = 4.998;
  expect([...peaksProvenBy(run, verdict())]).toEqual([
    [
      'orders',
      expect.objectContaining({
        requestsPerSecond: 29.9,
        messagesPerSecond: 4.99,
        runId: 'run-1',
        configurationHash: 'c0ffee',
      }),
    ],
    ['returns', expect.objectContaining({ requestsPerSecond: 30, messagesPerSecond: 5 })],
  ]);
});

it('says nothing of messages where none were sent', () => {
  const [returns] = run.systems.slice(1);
  const { messages: _, ...requestsAlone } = returns!;
  const peak = peaksProvenBy({ ...run, systems: [requestsAlone] }, verdict()).get('returns');
  expect(peak).toMatchObject({ requestsPerSecond: 30 });
  expect(peak).not.toHaveProperty('messagesPerSecond');
});

it.each([
  ['a rehearsal', verdict({ rehearsal: true, place: 'local' }), run],
  ['a hold of nine periods', verdict({ heldPeriods: 9 }), run],
  ['a verdict that does not say how long it held', verdict({ heldPeriods: undefined as never }), run],
  ['a gate that failed', verdict({ verdict: 'fail' }), run],
  ['an inconclusive gate', verdict({ verdict: 'inconclusive' }), run],
  ['a smoke test', verdict(), { ...run, profile: 'smoke' }],
  ['a soak that passed', verdict(), { ...run, profile: 'soak' }],
  ['a breakpoint', verdict(), { ...run, profile: 'breakpoint' }],
])('is nothing of %s', (_, judged, judgedRun) => {
  expect(peaksProvenBy(judgedRun, judged).size).toBe(0);
});
