import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keptDirectory } from './keptDirectory.ts';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'headroom-kept-'));
});
afterEach(() => rm(parent, { recursive: true }));

const fillWith = (text: string) =>
  vi.fn<(directory: string) => Promise<void>>((directory) => writeFile(join(directory, 'file'), text));
const textIn = (directory: string): Promise<string> => readFile(join(directory, 'file'), 'utf8');

describe('a kept directory', () => {
  it('is filled once', async () => {
    const again = fillWith('two');
    const first = await keptDirectory(parent, '1.0.0', fillWith('one'));
    expect(await keptDirectory(parent, '1.0.0', again)).toBe(first);
    expect(again).not.toHaveBeenCalled();
    expect(await textIn(first)).toBe('one');
  });

  it('is not there before all is in it, and belongs to the first that is done when several fill it', async () => {
    const quickIsDone = Promise.withResolvers<void>();
    const slowHasBegun = Promise.withResolvers<void>();
    const slow = keptDirectory(parent, '1.0.0', async (directory) => {
      await writeFile(join(directory, 'file'), 'half');
      slowHasBegun.resolve();
      await quickIsDone.promise;
      await writeFile(join(directory, 'file'), 'slow');
    });
    await slowHasBegun.promise;
    expect(await readdir(parent)).not.toContain('1.0.0');
    const quick = await keptDirectory(parent, '1.0.0', fillWith('quick'));
    quickIsDone.resolve();
    expect(await slow).toBe(quick);
    expect(await textIn(quick)).toBe('quick');
    expect(await readdir(parent)).toEqual(['1.0.0']);
  });

  it('is none when it could not be filled', async () => {
    const full = new Error('no space left');
    const failing = async (directory: string): Promise<never> => {
      await writeFile(join(directory, 'file'), 'half');
      throw full;
    };
    await expect(keptDirectory(parent, '1.0.0', failing)).rejects.toBe(full);
    expect(await readdir(parent)).toEqual([]);
  });

  it('is never what a killed process left; that goes, with other versions, but not what others still fill', async () => {
    const { pid: deadPid } = spawnSync('true');
    const livingPid = process.ppid;
    for (const name of [`partial-${deadPid}-abc`, `partial-${livingPid}-abc`, '0.9.0']) {
      await mkdir(join(parent, name));
      await writeFile(join(parent, name, 'file'), 'half');
    }
    expect(await textIn(await keptDirectory(parent, '1.0.0', fillWith('whole')))).toBe('whole');
    expect((await readdir(parent)).toSorted()).toEqual(['1.0.0', `partial-${livingPid}-abc`]);
  });
});
