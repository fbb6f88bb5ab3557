import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { STSClient } from '@aws-sdk/client-sts';
import { SSMClient } from '@aws-sdk/client-ssm';
import * as fc from 'fast-check';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restoreFromJournals, type RestoreOptions } from '../chaos/restore.ts';
import { RunArchive } from '../console/runs/archive.ts';
import { systemClock } from '../core/clock.ts';
import { parseVersionedJson } from '../core/versionedJson.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { writeBreakpoint, writeRecovery, writeVerdict } from '../loadtests/gate/writeAnswers.ts';
import { provenPeakPath, provenPeakSchema, readProvenPeaks } from '../monitoring/provenPeak.ts';
import { checkEvidence } from '../operations/doctor/doctor.ts';
import { readDeploymentEvidence } from '../operations/evidence/deploymentEvidenceStore.ts';
import { removeLeftRows, type LeftRowsOptions } from '../operations/testRows/leftRows.ts';
import { breakpointKind } from '../records/breakpoint.ts';
import { comparisonKind } from '../records/comparison.ts';
import { drillKind } from '../records/drill.ts';
import { deploymentEvidenceSchema } from '../records/deploymentEvidence.ts';
import { journalEntrySchema, type JournalEntry } from '../records/journal.ts';
import { journalFileName } from '../records/journalFile.ts';
import { recoveryKind } from '../records/recovery.ts';
import { exportKind } from '../records/export.ts';
import { partKind } from '../records/part.ts';
import { publishedRowsKind } from '../records/publishedRows.ts';
import { runKind } from '../records/run.ts';
import { runningSchema } from '../records/running.ts';
import {
  completeBreakpoint,
  completeRun,
  completeVerdict,
  exampleComparison,
  exampleDrill,
  exampleDeploymentEvidence,
  exampleExport,
  exampleJournal,
  exampleProvenPeak,
  examplePublishedRows,
  examplePart,
  exampleRecovery,
  exampleRunning,
} from '../records/testing/examples.ts';
import { mutantsOf, type Mutant } from '../records/testing/mutations.ts';
import { verdictKind } from '../records/verdict.ts';
import { explain } from './errors.ts';
import { makeProgram } from './program.ts';
import { silentContext } from './testing/silentContext.ts';

/*
 * Every kind of record, damaged in every way, through everybody who reads it: nothing has ever passed, and who
 * reads is told the file and the field.
 */

let state: string;
let folder: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'headroom-unreadable-'));
  folder = join(state, 'runs', 'one');
  await mkdir(folder, { recursive: true });
});
afterEach(() => rm(state, { recursive: true }));

/** Records that a run leaves in its folder, each of a run that passed. */
const run = { kind: runKind, record: completeRun };
const verdict = { kind: verdictKind, record: completeVerdict };
const recovery = { kind: recoveryKind, record: exampleRecovery };
const breakpoint = { kind: breakpointKind, record: completeBreakpoint };
const drill = { kind: drillKind, record: exampleDrill };
const comparison = { kind: comparisonKind, record: exampleComparison };
const load = [run, verdict, recovery, breakpoint, comparison];
const kinds = [...load, drill];

const put = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
const linesOf = (entries: readonly object[]): string =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');

/** Leaves a folder of a run that has passed: a load test, or a drill. */
async function passedRun(of: (typeof kinds)[number]): Promise<void> {
  for (const { kind, record } of of === drill ? [drill] : load) {
    await put(kind.fileName, JSON.stringify(record));
  }
  if (of === drill) await put(journalFileName, linesOf(exampleJournal));
}

const wrong = (schema: Parameters<typeof parseVersionedJson>[0], record: object): fc.Arbitrary<Mutant> =>
  mutantsOf(record).filter(({ text }) => parseVersionedJson(schema, text).state !== 'readable');

const always = (mutants: fc.Arbitrary<Mutant>, property: (mutant: Mutant) => Promise<void>) =>
  fc.assert(fc.asyncProperty(mutants, property), { numRuns: 40 });

/** What a command ends with. */
async function ended(...line: string[]): Promise<{ code: number; text: string }> {
  let code = -1;
  const program = await makeProgram(silentContext(), (result) => (code = result), line);
  return program.parseAsync(line, { from: 'user' }).then(
    () => ({ code, text: '' }),
    (error: unknown) => explain(error),
  );
}

/** What the console says of the run, and of another beside it. */
async function listed() {
  const list = await new RunArchive(state).list();
  return list.find(({ id }) => id === 'one');
}

const rejection = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: Error) => error.message,
  );

describe.each(kinds)('$kind.fileName that cannot be read', (of) => {
  const { kind, record } = of;
  const { fileName } = kind;
  const mutants = wrong(kind.schema, record);

  it('makes the run unreadable in the console, and hides no other', async () => {
    await passedRun(of);
    await mkdir(join(state, 'runs', 'two'));
    await writeFile(join(state, 'runs', 'two', runKind.fileName), JSON.stringify(completeRun));
    expect((await listed())?.outcome).toBe('passed');
    await always(mutants, async ({ text, naming }) => {
      await put(fileName, text);
      const shown = await listed();
      expect(shown?.outcome).toBe('unreadable');
      expect(shown?.headline).toContain(`${join(folder, fileName)}: `);
      expect(shown?.headline).toMatch(naming);
      expect(await new RunArchive(state).list()).toHaveLength(2);
    });
  });

  it('ends a report with 2', async () => {
    await passedRun(of);
    expect(await ended('report', folder)).toEqual({ code: 0, text: '' });
    await rm(join(folder, 'report.html'));
    await always(mutants, async ({ text, naming }) => {
      await put(fileName, text);
      const end = await ended('report', folder);
      expect(end.code).toBe(2);
      expect(end.text).toContain(`${join(folder, fileName)}: `);
      expect(end.text).toMatch(naming);
      expect(await readdir(folder)).not.toContain('report.html');
    });
  });
});

it('a run.json that cannot be read is not judged', async () => {
  await always(wrong(runKind.schema, completeRun), async ({ text, naming }) => {
    await put(runKind.fileName, text);
    const end = await ended('gate', join(folder, runKind.fileName));
    expect(end.code).toBe(2);
    expect(end.text).toContain(`${join(folder, runKind.fileName)}: `);
    expect(end.text).toMatch(naming);
  });
});

it('an export.json that cannot be read is collected by nobody', async () => {
  await always(wrong(exportKind.schema, exampleExport), async ({ text, naming }) => {
    await put(exportKind.fileName, text);
    const end = await ended('collect', '--export', folder, folder);
    expect(end.code).toBe(2);
    expect(end.text).toMatch(naming);
  });
});

it('a part.json that cannot be read is collected by nobody', async () => {
  await always(wrong(partKind.schema, examplePart), async ({ text, naming }) => {
    await put(partKind.fileName, text);
    const end = await ended('collect', folder);
    expect(end.code).toBe(2);
    expect(end.text).toContain(`${join(folder, partKind.fileName)}: `);
    expect(end.text).toMatch(naming);
  });
});

describe.each([
  {
    of: verdict,
    write: (path: string) => writeVerdict(path, { ...completeVerdict, verdict: 'inconclusive' }),
  },
  {
    of: recovery,
    write: (path: string) => writeRecovery(path, { ...exampleRecovery, answer: 'inconclusive' }),
  },
  {
    of: breakpoint,
    write: (path: string) => writeBreakpoint(path, { ...completeBreakpoint, answer: 'inconclusive' }),
  },
])('an earlier $of.kind.fileName that cannot be read', ({ of: { kind, record }, write }) => {
  it('is not replaced by an answer that knows nothing', async () => {
    const path = join(folder, kind.fileName);
    await always(wrong(kind.schema, record), async ({ text, naming }) => {
      await put(kind.fileName, text);
      const message = await rejection(write(path));
      expect(message).toContain(`${path}: `);
      expect(message).toMatch(naming);
      expect(await readFile(path, 'utf8')).toBe(text);
    });
  });
});

describe('a drill-journal.jsonl that cannot be read', () => {
  const path = () => join(folder, journalFileName);

  /** A journal with one line that is wrong, by the whole text. */
  const mutants = fc.nat({ max: exampleJournal.length - 1 }).chain((index) =>
    wrong(journalEntrySchema, exampleJournal[index]!).map(({ what, text, naming }) => {
      const lines = linesOf(exampleJournal).split('\n');
      lines[index] = text;
      return { what: `line ${index + 1}: ${what}`, text: lines.join('\n'), naming };
    }),
  );
  const cuts = fc
    .nat({ max: linesOf(exampleJournal).length - 1 })
    .map((length) => linesOf(exampleJournal).slice(0, length));

  it('makes the drill unreadable in console and report, whatever its result says', async () => {
    await passedRun(drill);
    expect(await listed()).toMatchObject({ outcome: 'passed' });
    await always(mutants, async ({ text, naming }) => {
      await put(journalFileName, text);
      const shown = await listed();
      expect(shown?.outcome).toBe('unreadable');
      expect(shown?.headline).toContain(`${path()}: line `);
      expect(shown?.headline).toMatch(naming);
      expect((await ended('report', folder)).code).toBe(2);
    });
  });

  it('is not that of a drill that has passed, wherever it is cut off', async () => {
    await passedRun(drill);
    await always(
      cuts.map((text) => ({ what: '', text, naming: /line \d: / })),
      async ({ text, naming }) => {
        await put(journalFileName, text);
        const shown = await listed();
        expect(shown?.outcome).toBe('unreadable');
        expect(shown?.headline).toMatch(naming);
        await rm(join(folder, drillKind.fileName));
        expect([undefined, 'interrupted']).toContain((await listed())?.outcome);
        await put(drillKind.fileName, JSON.stringify(exampleDrill));
      },
    );
  });

  it('is named by a restore, after the others were undone', async () => {
    const others: JournalEntry[] = exampleJournal
      .filter(({ kind }) => kind === 'begin' || kind === 'intent')
      .map((entry) => (entry.kind === 'intent' ? { ...entry, fault: 'noop' } : entry));
    const nobody = {} as RestoreOptions['clients'];
    const options = { directory: state, stage: 'local', clients: nobody, clock: systemClock, host: 'here' };
    const other = join(state, 'runs', 'two');
    await mkdir(other);
    await always(mutants, async ({ text, naming }) => {
      await put(journalFileName, text);
      await writeFile(join(other, journalFileName), linesOf(others));
      const restored = await restoreFromJournals(options);
      const [damaged, ...good] = restored;
      expect(damaged?.path).toBe(path());
      expect(damaged?.unreadable?.message).toContain(`${path()}: line `);
      expect(damaged?.unreadable?.message).toMatch(naming);
      expect(good).toMatchObject([{ undone: ['noop system-01'], problems: [], unreadable: null }]);
    });
  });
});

describe('a parameter that cannot be read', () => {
  /** Answers every question with this text. */
  function ssm(name: string, Value: string): SSMClient {
    const client = new SSMClient({ region: 'us-east-1' });
    const parameter = { Name: name, Value };
    client.send = () => Promise.resolve({ Parameter: parameter, Parameters: [parameter] });
    return client;
  }
  const evidence = wrong(deploymentEvidenceSchema, exampleDeploymentEvidence);

  it('is no evidence for a deployment, nor for the doctor', async () => {
    const asked = {
      fleet: { stages: {}, systems: [] as Fleet['systems'] } as Fleet,
      stage: 'qa',
      configurationHash: 'hash',
      clock: { ...systemClock, now: () => Date.parse(exampleDeploymentEvidence.holdEnd) },
      release: 'release',
    };
    const doctor = (text: string) =>
      checkEvidence({
        ...asked,
        connection: { place: 'aws', clients: { ssm: ssm('', text), sts: new STSClient({}) } },
      });
    expect(await doctor(JSON.stringify(exampleDeploymentEvidence))).toMatchObject([{ state: 'ok' }]);
    await always(evidence, async ({ text, naming }) => {
      const message = await rejection(readDeploymentEvidence(ssm('', text), 'qa'));
      expect(message).toContain('parameter /headroom-evidence/qa: ');
      expect(message).toMatch(naming);
      expect(await doctor(text)).toEqual([{ check: 'evidence', state: 'missing', text: message }]);
    });
  });

  it('proves no peak', async () => {
    const name = `${provenPeakPath('qa')}orders`;
    await always(wrong(provenPeakSchema, exampleProvenPeak), async ({ text, naming }) => {
      const { peaks, unreadable } = await readProvenPeaks(ssm(name, text), 'qa');
      expect(peaks.size).toBe(0);
      expect(unreadable[0]?.message).toContain(name);
      expect(unreadable[0]?.message).toMatch(naming);
    });
  });
});

it('a marker of a run that cannot be read is told of, and stays', async () => {
  await mkdir(join(state, 'running'));
  const marker = join(state, 'running', 'one.json');
  await always(wrong(runningSchema, exampleRunning), async ({ text, naming }) => {
    await writeFile(marker, text);
    const { running, unreadable } = await new RunArchive(state).running('local');
    expect(running).toEqual([]);
    expect(unreadable).toEqual([expect.stringContaining(`${marker}: `)]);
    expect(unreadable[0]).toMatch(naming);
  });
});

it('a published.json that cannot be read is named by a restore, and stays', async () => {
  const path = join(folder, publishedRowsKind.fileName);
  const options = {
    directory: state,
    stage: 'local',
    systems: [],
    connection: {} as LeftRowsOptions['connection'],
    service: {} as LeftRowsOptions['service'],
    clock: systemClock,
    host: 'here',
  };
  await always(wrong(publishedRowsKind.schema, examplePublishedRows), async ({ text, naming }) => {
    await writeFile(path, text);
    const [left, ...others] = await removeLeftRows(options);
    expect(others).toEqual([]);
    expect(left?.unreadable?.message).toContain(`${path}: `);
    expect(left?.unreadable?.message).toMatch(naming);
    expect(await readFile(path, 'utf8')).toBe(text);
  });
});
