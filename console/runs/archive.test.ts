import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deliveryKind, type DeliveryFile } from '../../records/delivery.ts';
import { drillKind, type DrillResult } from '../../records/drill.ts';
import type { JournalEntry } from '../../records/journal.ts';
import { openJournal } from '../../records/journalFile.ts';
import { writeRecord } from '../../records/recordFile.ts';
import type { BreakpointFile } from '../../records/breakpoint.ts';
import type { RecoveryFile } from '../../records/recovery.ts';
import type { VerdictFile } from '../../records/verdict.ts';
import { writeBreakpoint, writeRecovery, writeVerdict } from '../../loadtests/gate/writeAnswers.ts';
import type { RunFile } from '../../records/run.ts';
import { writeRunFile } from '../../loadtests/runner/writeRun.ts';
import { whileRunning } from '../../records/runningMarkers.ts';
import {
  exampleBreakpoint,
  exampleDelivery,
  exampleDrill,
  exampleJournal,
  exampleRecovery,
  exampleRun,
  exampleVerdict,
} from '../../records/testing/examples.ts';
import { RunArchive } from './archive.ts';

let state: string;
let archive: RunArchive;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'headroom-runs-'));
  archive = new RunArchive(state);
});
afterEach(() => rm(state, { recursive: true }));

async function folder(id: string): Promise<string> {
  const path = join(state, 'runs', id);
  await mkdir(path, { recursive: true });
  return path;
}

async function load(
  id: string,
  change: Partial<RunFile> = {},
  verdict?: Partial<VerdictFile>,
): Promise<void> {
  const path = await folder(id);
  await writeRunFile(path, { ...exampleRun, ...change });
  if (verdict) await writeVerdict(join(path, 'verdict.json'), { ...exampleVerdict, ...verdict });
}

async function drill(
  id: string,
  entries: readonly JournalEntry[],
  result?: Partial<DrillResult>,
): Promise<void> {
  const path = await folder(id);
  const journal = await openJournal(join(path, 'drill-journal.jsonl'));
  for (const entry of entries) await journal.append(entry);
  await journal.close();
  if (result) await writeRecord(drillKind, join(path, 'drill.json'), { ...exampleDrill, ...result });
}

const at = (second: number): string => new Date(Date.UTC(2026, 10, 3, 12, 0, second)).toISOString();
const [begin, inject, undone, end] = exampleJournal;

describe('past runs', () => {
  it('are what load tests, gate and drills write, the newest first, also in a rehearsal', async () => {
    await load('20261103-110000-rehearse-aaaa/peak', {}, {});
    await drill('20261103-120000-revoke-db-ingress-bbbb', exampleJournal, {});
    // The load of a drill is the drill's own.
    await load('20261103-120000-revoke-db-ingress-bbbb/drill-load');
    expect(await archive.list()).toMatchObject([
      {
        id: '20261103-120000-revoke-db-ingress-bbbb',
        kind: 'drill',
        name: 'revoke-db-ingress',
        outcome: 'passed',
        faults: [{ startMs: Date.parse(at(20)), endMs: Date.parse(at(50)) }],
      },
      { id: '20261103-110000-rehearse-aaaa/peak', kind: 'load', name: 'peak', outcome: 'passed' },
    ]);
  });

  it.each([
    ['judged as failed', {}, { verdict: 'fail' } as const, 'failed'],
    ['not judged, without a threshold', { thresholds: [] }, undefined, 'notJudged'],
    [
      'with a threshold that failed',
      { thresholds: [{ metric: 'checks', expression: 'rate>0.9', ok: false, value: 0.5 }] },
      undefined,
      'failed',
    ],
    ['stopped', { complete: false, reason: 'interrupted' }, undefined, 'interrupted'],
  ])('of a load test %s say so', async (_, change, verdict, outcome) => {
    await load('one', change, verdict);
    expect(await archive.list()).toMatchObject([{ outcome }]);
  });

  it.each<[BreakpointFile['answer'], string]>([
    ['crossed', 'answered'],
    ['notCrossed', 'answered'],
    ['inconclusive', 'inconclusive'],
  ])('of a breakpoint say its answer, %s, rather than that a threshold ended it', async (answer, outcome) => {
    await load('one', {
      profile: 'breakpoint',
      complete: false,
      reason: 'a threshold failed, and it aborts the run',
      abortedBy: { metric: 'checks', expression: 'rate>=0.99' },
      thresholds: [{ metric: 'checks', expression: 'rate>=0.99', ok: false, value: 0.5 }],
    });
    expect(await archive.list()).toMatchObject([{ outcome: 'failed' }]);
    await writeBreakpoint(join(state, 'runs', 'one', 'breakpoint.json'), { ...exampleBreakpoint, answer });
    expect(await archive.list()).toMatchObject([{ outcome, headline: exampleBreakpoint.reason }]);
  });

  it.each<[RecoveryFile['answer'], string, string]>([
    ['recovered', 'passed', 'errors and latency as before the spike everywhere, after 0 s at most'],
    ['notRecovered', 'failed', 'system-01: answers are slower than 60 ms after the spike'],
    ['inconclusive', 'inconclusive', 'system-01: answers are slower than 60 ms after the spike'],
  ])('of a spike say whether it was recovered from: %s', async (answer, outcome, headline) => {
    await load('one', { profile: 'spike' });
    const systems = exampleRecovery.systems.map((system) => ({ ...system, answer }));
    const recovery = { ...exampleRecovery, answer, systems };
    await writeRecovery(join(state, 'runs', 'one', 'recovery.json'), recovery);
    expect(await archive.list()).toMatchObject([{ outcome, headline }]);
  });

  it.each<[DeliveryFile['answer'], string, string]>([
    ['delivered', 'passed', '299 messages published to 2 systems, each stored once'],
    ['notDelivered', 'failed', 'system-01: 1 of 299 acknowledged messages were found nowhere.'],
    ['inconclusive', 'inconclusive', 'system-02: What became of its messages is not known'],
  ])('of a publish say what became of its messages: %s', async (answer, outcome, headline) => {
    await load('one', { profile: 'publish' });
    await writeRecord(deliveryKind, join(state, 'runs', 'one', 'delivery.json'), {
      ...exampleDelivery,
      answer,
    });
    expect(await archive.list()).toMatchObject([{ outcome, headline: expect.stringContaining(headline) }]);
    expect(await archive.report('one')).toMatchObject({ delivery: { answer } });
  });

  it('of a judged run say the verdict in a sentence', async () => {
    await load('one', {}, {});
    expect(await archive.list()).toMatchObject([
      {
        headline: expect.stringMatching(
          /^system-01 keeps 20 % in reserve .*; the first to bind is database CPU/,
        ),
      },
    ]);
  });

  it('of a drill whose process died name what to do', async () => {
    await drill('one', [begin, inject]);
    const [run] = await archive.list();
    expect(run).toMatchObject({ outcome: 'interrupted', faults: [{ endMs: null }] });
    expect(run?.headline).toContain('headroom chaos restore');
  });

  it('are read again when they change', async () => {
    await load('one');
    expect(await archive.list()).toMatchObject([{ id: 'one', outcome: 'passed' }]);
    await writeVerdict(join(state, 'runs', 'one', 'verdict.json'), { ...exampleVerdict, verdict: 'fail' });
    expect(await archive.list()).toMatchObject([{ id: 'one', outcome: 'failed' }]);
  });

  it('that cannot be read say so by file and field, and hide no others', async () => {
    const runs = join(state, 'runs');
    await load('good');
    await writeFile(join(await folder('half'), 'run.json'), '{"half":');
    await load('judged', {}, {});
    const verdict = { ...exampleVerdict, schemaVersion: 99 };
    await writeFile(join(runs, 'judged', 'verdict.json'), JSON.stringify(verdict));
    const list = await archive.list();
    expect(list.find(({ id }) => id === 'good')).toMatchObject({ outcome: 'passed' });
    expect(list.find(({ id }) => id === 'half')).toMatchObject({
      outcome: 'unreadable',
      kind: null,
      name: 'half',
      headline: expect.stringContaining(`${join(runs, 'half', 'run.json')}: not JSON`),
    });
    expect(list.find(({ id }) => id === 'judged')).toMatchObject({
      outcome: 'unreadable',
      kind: 'load',
      name: 'peak',
      headline: expect.stringContaining(`${join(runs, 'judged', 'verdict.json')}: schemaVersion: `),
    });
    expect(await archive.report('judged')).toMatchObject({
      run: { runId: 'peak' },
      verdict: null,
      unreadable: [expect.stringContaining('schemaVersion')],
    });
  });

  it('of a drill with a result end in its journal, or it was cut off', async () => {
    await drill('one', [begin, inject, undone], {});
    expect(await archive.list()).toMatchObject([
      { outcome: 'unreadable', headline: expect.stringContaining('drill-journal.jsonl: line 4: expected') },
    ]);
    await drill('one', [end]);
    expect(await archive.list()).toMatchObject([{ outcome: 'passed' }]);
  });

  it('have a report; nothing outside of their folder has', async () => {
    await load('one', {}, {});
    await writeFile(join(state, 'run.json'), JSON.stringify(exampleRun));
    expect(await archive.report('one')).toMatchObject({
      summary: { id: 'one' },
      run: { systems: exampleRun.systems.map(({ system }) => ({ system })) },
      verdict: { verdict: 'pass' },
      recovery: null,
      breakpoint: null,
      drill: null,
    });
    for (const id of ['..', '../', 'one/..', '', 'two']) expect(await archive.report(id)).toBeNull();
  });
});

describe('what runs now', () => {
  const nothing = { running: [], unreadable: [] };
  const running = { stage: 'local', place: 'local' as const, startedAt: at(0) };

  it('is seen while it runs, with the fault from its journal, and is no past run yet', async () => {
    await whileRunning(
      state,
      { ...running, kind: 'drill', name: 'revoke-db-ingress', runId: 'now', plannedSeconds: null },
      async () => {
        await drill('now', [begin, inject]);
        expect(await archive.running('local')).toMatchObject({
          running: [{ id: 'now', kind: 'drill', faults: [{ startMs: Date.parse(at(20)), endMs: null }] }],
          unreadable: [],
        });
        expect(await archive.running('prod')).toEqual(nothing);
        expect(await archive.list()).toEqual([]);
      },
    );
    expect(await archive.running('local')).toEqual(nothing);
    expect(await archive.list()).toHaveLength(1);
  });

  it('is not what a dead process left, which the next one clears away', async () => {
    const marker = join(state, 'running', 'dead.json');
    await mkdir(join(state, 'running'), { recursive: true });
    const dead = {
      ...running,
      schemaVersion: 1,
      kind: 'load',
      name: 'peak',
      runId: 'x',
      plannedSeconds: null,
    };
    await writeFile(marker, JSON.stringify({ ...dead, process: `${process.pid} 1` }));
    expect(await archive.running('local')).toEqual(nothing);
    const work = { ...running, kind: 'load' as const, name: 'smoke', runId: 'y', plannedSeconds: null };
    await whileRunning(state, work, async () => {
      await expect(rm(marker)).rejects.toThrow('ENOENT');
      expect(await archive.running('local')).toMatchObject({ running: [{ name: 'smoke' }] });
    });
  });

  it('is told by what can be read, beside what cannot, which nobody clears away', async () => {
    await mkdir(join(state, 'running'), { recursive: true });
    const marker = join(state, 'running', 'odd.json');
    await writeFile(marker, '{"schemaVersion":1,"kind":"nap"}');
    const work = { ...running, kind: 'drill' as const, name: 'd', runId: 'y', plannedSeconds: null };
    await whileRunning(state, work, async () => {
      await writeFile(join(await folder('y'), 'drill-journal.jsonl'), 'nonsense\n');
      expect(await archive.running('local')).toMatchObject({
        running: [{ name: 'd', faults: [] }],
        unreadable: [
          expect.stringContaining(`${marker}: kind: `),
          expect.stringContaining('y/drill-journal.jsonl: line 1: not JSON'),
        ],
      });
    });
  });

  it('goes on where no marker can be written, and passes failures on', async () => {
    await writeFile(join(state, 'running'), 'in the way');
    const work = { ...running, kind: 'load' as const, name: 'smoke', runId: 'y', plannedSeconds: null };
    expect(await whileRunning(state, work, async () => 7)).toBe(7);
    await expect(whileRunning(state, work, () => Promise.reject(new Error('broken')))).rejects.toThrow(
      'broken',
    );
  });
});
