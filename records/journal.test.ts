import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal, outstandingIntents, readJournal, type Intent, type JournalEntry } from './journal.ts';

const at = '2026-01-01T00:00:00.000Z';
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

describe('journal', () => {
  it('keeps entries in the order of the calls, each readable when its append resolves', async () => {
    const journal = await openJournal(path);
    const appends = [0, 1, 2].map(async (sequence) => {
      await journal.append(intent(sequence));
      expect((await readJournal(path)).length).toBeGreaterThan(sequence);
    });
    await Promise.all(appends);
    await journal.close();
    expect(await readJournal(path)).toEqual([intent(0), intent(1), intent(2)]);
  });

  it('leaves out a line that a dying process did not finish, and writes on after it', async () => {
    const first = await openJournal(path);
    await first.append(intent(0));
    await first.close();
    await appendFile(path, '{"kind":"intent","sequ');
    expect(await readJournal(path)).toEqual([intent(0)]);
    const second = await openJournal(path);
    await second.append(undone(0));
    await second.close();
    expect(await readJournal(path)).toEqual([intent(0), undone(0)]);
  });

  it('names the line that is no entry', async () => {
    const journal = await openJournal(path);
    await journal.append(intent(0));
    await journal.close();
    const good = await readFile(path, 'utf8');
    await writeFile(path, `${good}{"kind":"intent"}\n${good}`);
    await expect(readJournal(path)).rejects.toThrow(`${path}: line 2: sequence`);
    await writeFile(path, `${good}nonsense\n`);
    await expect(readJournal(path)).rejects.toThrow(`${path}: line 2: not JSON`);
  });

  it('says that it cannot be opened where there is no room for it', async () => {
    await writeFile(join(directory, 'drill'), '');
    await expect(openJournal(path)).rejects.toMatchObject({ name: 'JournalError', path });
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
