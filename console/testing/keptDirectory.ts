import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning } from '../../core/process/processes.ts';

/**
 * A directory that is filled once and kept for later processes, whole or not at all: it gets its name when all is in
 * it. Of several processes that fill it at once, each fills one of its own, and the first that is done names it.
 * @param parent holds nothing else: what a killed process left there goes, and so do those of other names
 * @param fill puts everything into the directory that it is given
 * @throws what `fill` throws; then there is none
 */
export async function keptDirectory(
  parent: string,
  name: string,
  fill: (directory: string) => Promise<void>,
): Promise<string> {
  const kept = join(parent, name);
  if (existsSync(kept)) return kept;
  await mkdir(parent, { recursive: true });
  const partial = await mkdtemp(join(parent, `${partialPrefix}${process.pid}-`));
  try {
    await fill(partial);
    await rename(partial, kept).catch((error: unknown) => {
      if (!existsSync(kept)) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  for (const other of await readdir(parent)) {
    // Another process may be removing the same one.
    if (isLeftover(other, name))
      await rm(join(parent, other), { recursive: true, force: true }).catch(() => {});
  }
  return kept;
}

const partialPrefix = 'partial-';

function isLeftover(entry: string, name: string): boolean {
  const [, pid] = new RegExp(`^${partialPrefix}(\\d+)-`).exec(entry) ?? [];
  return pid === undefined ? entry !== name : !isRunning(Number(pid));
}
