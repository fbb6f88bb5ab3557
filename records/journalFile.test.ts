import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileWriteError } from '../core/errors.ts';
import { outstandingIntents, type Intent, type JournalEntry } from './journal.ts';
import { openJournal, readJournal } from './journalFile.ts';
import { recordOrNull } from './recordFile.ts';
import { exampleJournal } from './testing/examples.ts';

const at = '2026-01-01T00:00:00.000Z';
const [begin] = exampleJournal;
const intent = (sequence: number, change: Partial<Intent> = {}): Intent => ({
  kind: 'intent',
  sequence,
  at,
  step: 'inject',
  fault: 'revoke-ingress-rule',
  system: 'system-01',
  arguments: { rule: sequence },
  inverse: { rule: sequence },
  schedule: null,
  ...change,
});
const undone = (sequence: number): JournalEntry => ({ kind: 'undone', sequence, at });

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headroom-journal-'));
  path = join(directory, 'drill', 'drill-journal.jsonl');
});
afterEach(() => rm(directory, { recursive: true }));

async function write(...entries: JournalEntry[]): Promise<void> {
  const journal = await openJournal(path);
  for (const entry of entries) await journal.append(entry);
  await journal.close();
}

const read = async (): Promise<JournalEntry[] | null> => recordOrNull(await readJournal(path));

describe('journal', () => {
  it('keeps entries in the order of the calls, each readable when its append resolves', async () => {
    const journal = await openJournal(path);
    const entries = [begin, intent(0), intent(1), intent(2)];
    const appends = entries.map(async (entry, index) => {
      await journal.append(entry);
      expect((await read())?.length).toBeGreaterThan(index);
    });
    await Promise.all(appends);
    await journal.close();
    expect(await read()).toEqual(entries);
  });

  it('leaves out a line that a dying process did not finish, and writes on after it', async () => {
    await write(begin, intent(0));
    await appendFile(path, '{"kind":"intent","sequ');
    expect(await read()).toEqual([begin, intent(0)]);
    await write(undone(0));
    expect(await read()).toEqual([begin, intent(0), undone(0)]);
  });

  it('is absent, or of a drill that did nothing yet', async () => {
    expect(await readJournal(path)).toEqual({ state: 'absent' });
    await write();
    expect(await read()).toEqual([]);
  });

  it('names the line and the field that cannot be read, and tells what can be', async () => {
    await write(begin, intent(0), intent(1));
    const [first, second, third] = (await readFile(path, 'utf8')).split('\n');
    await writeFile(path, `${first}\n{"kind":"intent"}\n${third}\n`);
    const found = await readJournal(path);
    expect(found).toMatchObject({ state: 'unreadable', rest: [begin, intent(1)] });
    expect(() => recordOrNull(found)).toThrow(`${path}: line 2: sequence`);
    await writeFile(path, `${first}\n${second}\nnonsense\n`);
    await expect(read()).rejects.toThrow(`${path}: line 3: not JSON`);
  });

  it('begins with its begin, of this version', async () => {
    await write(intent(0));
    await expect(read()).rejects.toThrow(`${path}: line 1: kind: expected 'begin', received 'intent'`);
    await writeFile(path, `${JSON.stringify({ ...begin, schemaVersion: 2 })}\n`);
    expect(await readJournal(path)).toMatchObject({ state: 'otherVersion' });
    await expect(read()).rejects.toThrow(
      `${path}: line 1: schemaVersion: Invalid input: expected 1, received 2`,
    );
  });

  it('takes no entry that could not be read again', async () => {
    const journal = await openJournal(path);
    await expect(journal.append(intent(0, { inverse: undefined }))).rejects.toThrow('inverse: ');
    await expect(journal.append(intent(-1))).rejects.toThrow(TypeError);
    await journal.append(begin);
    await journal.close();
    expect(await read()).toEqual([begin]);
  });

  it('says that it cannot be opened where there is no room for it', async () => {
    await writeFile(join(directory, 'drill'), '');
    await expect(openJournal(path)).rejects.toThrow(FileWriteError);
  });
});

describe('outstandingIntents', () => {
  it('lists what is not undone, the newest first, without what heals by itself or restores', () => {
    const entries: JournalEntry[] = [
      intent(0),
      intent(1),
      intent(2, { inverse: null }),
      intent(3),
      intent(4, { step: 'restore', inverse: null }),
      undone(1),
    ];
    expect(outstandingIntents(entries).map(({ sequence }) => sequence)).toEqual([3, 0]);
  });
});
