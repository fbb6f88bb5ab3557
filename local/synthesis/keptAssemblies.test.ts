import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile, mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeKept } from './keptAssemblies.ts';

it('makes each outcome once, also where two ask at a time, and keeps those used last alone', async () => {
  const home = await mkdtemp(join(tmpdir(), 'headroom-kept-'));
  try {
    let made = 0;
    const write = async (key: string): Promise<string> => {
      const output = await mkdtemp(join(home, 'output-'));
      await writeKept(join(home, 'kept'), key, output, async () => {
        made += 1;
        await mkdir(join(output, 'inner'), { recursive: true });
        await writeFile(join(output, 'inner', 'file'), key);
      });
      return readFile(join(output, 'inner', 'file'), 'utf8');
    };
    expect(await Promise.all([write('a'), write('a')])).toEqual(['a', 'a']);
    const atFirst = made;
    expect(await write('a')).toBe('a');
    expect(made).toBe(atFirst);
    for (const key of ['b', 'c', 'd', 'e', 'f', 'g', 'h']) expect(await write(key)).toBe(key);
    expect(await write('a')).toBe('a');
    expect(made).toBe(atFirst + 7);
    expect(await write('i')).toBe('i');
    expect((await readdir(join(home, 'kept'))).toSorted()).toEqual(['a', 'c', 'd', 'e', 'f', 'g', 'h', 'i']);
  } finally {
    await rm(home, { recursive: true });
  }
});

it('makes what cannot be kept, nor taken, each time', async () => {
  const home = await mkdtemp(join(tmpdir(), 'headroom-kept-'));
  try {
    const output = join(home, 'output');
    let made = 0;
    const make = async (): Promise<void> => {
      made += 1;
      await mkdir(output, { recursive: true });
      await writeFile(join(output, 'file'), 'made');
    };
    await writeFile(join(home, 'kept'), 'no directory');
    await writeKept(join(home, 'kept'), 'key', output, make);
    expect(await readFile(join(output, 'file'), 'utf8')).toBe('made');
    await rm(join(home, 'kept'));
    // Of a kept one as much is copied as there is, up to what cannot be.
    const files = join(home, 'kept', 'key', 'files');
    await mkdir(files, { recursive: true });
    await writeFile(join(files, 'another'), '');
    const server = createServer().listen(join(files, 'socket'));
    await once(server, 'listening');
    await writeKept(join(home, 'kept'), 'key', output, make).finally(() => server.close());
    expect(await readdir(output)).toEqual(['file']);
    expect(made).toBe(2);
  } finally {
    await rm(home, { recursive: true });
  }
});

it.each([
  ['a file that a power cut has left empty', (kept: string) => writeFile(join(kept, 'files', 'file'), '')],
  ['a file that is not there', (kept: string) => rm(join(kept, 'files', 'file'))],
  ['one file more', (kept: string) => writeFile(join(kept, 'files', 'more'), '')],
  ['a checksum that a power cut has left empty', (kept: string) => writeFile(join(kept, 'sha256'), '')],
])('drops what is damaged, and makes and keeps it anew: %s', async (_, damage) => {
  const home = await mkdtemp(join(tmpdir(), 'headroom-kept-'));
  try {
    let made = 0;
    const write = async (): Promise<string[]> => {
      const output = await mkdtemp(join(home, 'output-'));
      await writeKept(join(home, 'kept'), 'key', output, async () => {
        made += 1;
        await mkdir(output, { recursive: true });
        await writeFile(join(output, 'file'), 'made');
      });
      expect(await readFile(join(output, 'file'), 'utf8')).toBe('made');
      return readdir(output);
    };
    await write();
    await damage(join(home, 'kept', 'key'));
    expect(await write()).toEqual(['file']);
    expect(await write()).toEqual(['file']);
    expect(made).toBe(2);
    expect(await readdir(join(home, 'kept'))).toEqual(['key']);
  } finally {
    await rm(home, { recursive: true });
  }
});

it('keeps nothing of what fails', async () => {
  const home = await mkdtemp(join(tmpdir(), 'headroom-kept-'));
  try {
    const fails = writeKept(join(home, 'kept'), 'key', join(home, 'output'), () =>
      Promise.reject(new Error('no')),
    );
    await expect(fails).rejects.toThrow('no');
    expect(await readdir(home)).toEqual([]);
  } finally {
    await rm(home, { recursive: true });
  }
});
