import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileWriteError } from '../core/errors.ts';
import { RecordError } from './errors.ts';
import { readRecord, recordOrNull, requireRecord, writeRecord } from './recordFile.ts';
import { completeVerdict } from './testing/examples.ts';
import { verdictKind, type VerdictFile } from './verdict.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headroom-record-'));
  path = join(folder, verdictKind.fileName);
});
afterEach(() => rm(folder, { recursive: true }));

const read = () => readRecord(verdictKind, path);

describe('a record', () => {
  it('is absent, which is no error where one may be missing', async () => {
    expect(recordOrNull(await read())).toBeNull();
    expect(await read()).toEqual({ state: 'absent' });
    await expect(requireRecord(verdictKind, path)).rejects.toThrow(`${path}: there is no such file`);
  });

  it('reads back as it was written, and leaves nothing else', async () => {
    await writeRecord(verdictKind, path, completeVerdict);
    expect(await requireRecord(verdictKind, path)).toEqual(completeVerdict);
    expect(await readdir(folder)).toEqual([verdictKind.fileName]);
  });

  it('is unreadable when it is no record, or when nobody lets it be read', async () => {
    await writeFile(path, '');
    expect(await read()).toMatchObject({ state: 'unreadable' });
    await rm(path);
    await mkdir(path);
    const found = await read();
    expect(found).toMatchObject({ state: 'unreadable' });
    expect(() => recordOrNull(found)).toThrow(RecordError);
    expect(() => recordOrNull(found)).toThrow(`${path}: cannot be read: `);
  });

  it('of another version is told from one that is wrong', async () => {
    await writeFile(path, JSON.stringify({ ...completeVerdict, schemaVersion: 1, news: true }));
    expect(await read()).toMatchObject({ state: 'otherVersion' });
    await writeFile(path, JSON.stringify({ ...completeVerdict, news: true }));
    expect(await read()).toMatchObject({ state: 'unreadable', error: { path } });
    await expect(requireRecord(verdictKind, path)).rejects.toThrow(`${path}: news: Unrecognized key`);
  });

  it('is not written when nobody could read it', async () => {
    const wrong = { ...completeVerdict, verdict: 'survived' } as unknown as VerdictFile;
    await expect(writeRecord(verdictKind, path, wrong)).rejects.toThrow(TypeError);
    await expect(writeRecord(verdictKind, path, wrong)).rejects.toThrow(`${path}: verdict: Invalid option`);
    expect(await readdir(folder)).toEqual([]);
  });

  it('that cannot be written says why', async () => {
    const nowhere = join(folder, 'none', 'verdict.json');
    await expect(writeRecord(verdictKind, nowhere, completeVerdict)).rejects.toThrow(FileWriteError);
  });
});
