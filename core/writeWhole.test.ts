import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileWriteError } from './errors.ts';
import { writeWhole } from './writeWhole.ts';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headroom-whole-'));
  path = join(directory, 'file');
});
afterEach(() => rm(directory, { recursive: true }));

it('takes the place of what was there, with the permissions that are asked for', async () => {
  await writeFile(path, 'earlier');
  await writeWhole(path, 'later', { mode: 0o600 });
  expect(await readFile(path, 'utf8')).toBe('later');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(directory)).toEqual(['file']);
});

it('is whole whoever else writes it at the same time', async () => {
  const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(100_000));
  await Promise.all(texts.map((text) => writeWhole(path, text)));
  expect(texts).toContain(await readFile(path, 'utf8'));
  expect(await readdir(directory)).toEqual(['file']);
});

it('says why it could not, and leaves nothing behind', async () => {
  await mkdir(path);
  await expect(writeWhole(path, 'text')).rejects.toThrow(FileWriteError);
  expect(await readdir(directory)).toEqual(['file']);
  await expect(writeWhole(join(directory, 'none', 'file'), 'text')).rejects.toThrow(
    `cannot write ${join(directory, 'none', 'file')}: there is no such directory`,
  );
  await writeFile(join(directory, 'plain'), '');
  await expect(writeWhole(join(directory, 'plain', 'file'), 'text')).rejects.toThrow(
    'a part of the path is a file; choose another directory',
  );
});
