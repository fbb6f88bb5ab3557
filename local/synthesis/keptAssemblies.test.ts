import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile, mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeKept } from './keptAssemblies.ts';

it('makes each outcome once, also where two ask at a time, and keeps the latest ones alone', async () => {
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
    const others = ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
    for (const key of others) expect(await write(key)).toBe(key);
    expect((await readdir(join(home, 'kept'))).toSorted()).toEqual(others);
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
    await mkdir(join(home, 'kept', 'key'), { recursive: true });
    await writeFile(join(home, 'kept', 'key', 'another'), '');
    const server = createServer().listen(join(home, 'kept', 'key', 'socket'));
    await once(server, 'listening');
    await writeKept(join(home, 'kept'), 'key', output, make).finally(() => server.close());
    expect(await readdir(output)).toEqual(['file']);
    expect(made).toBe(2);
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
