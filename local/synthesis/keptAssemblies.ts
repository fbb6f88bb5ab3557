import { cp, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** So many are kept: some configurations, each before and after a change. */
const mostKept = 8;

/**
 * Writes into `outputDirectory` what `make` writes there for this key: what it wrote at an earlier time, where that is
 * still kept below `directory`.
 * @param key names all that the outcome follows from, as a file may be called
 */
export async function writeKept(
  directory: string,
  key: string,
  outputDirectory: string,
  make: () => Promise<unknown>,
): Promise<void> {
  const kept = join(directory, key);
  try {
    await cp(kept, outputDirectory, { recursive: true });
    return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await make();
  await mkdir(directory, { recursive: true });
  // Whole or not at all: another start may read it already, or end here.
  const whole = await mkdtemp(join(directory, 'new-'));
  await cp(outputDirectory, whole, { recursive: true });
  // Where another start was first, it is the same.
  await rename(whole, kept).catch(() => rm(whole, { recursive: true }));
  await removeOldest(directory);
}

async function removeOldest(directory: string): Promise<void> {
  const all = await Promise.all(
    (await readdir(directory)).map(async (name) => {
      const path = join(directory, name);
      // Another start may remove it, too.
      return { path, sinceMs: (await stat(path).catch(() => undefined))?.mtimeMs ?? 0 };
    }),
  );
  const old = all.toSorted((a, b) => b.sinceMs - a.sinceMs).slice(mostKept);
  await Promise.all(old.map(({ path }) => rm(path, { recursive: true, force: true })));
}
