import { cp, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** So many are kept: some configurations, each before and after a change. */
const mostKept = 8;

/**
 * Writes into `outputDirectory` what `make` writes there for this key: what it wrote at an earlier time, where that is
 * still kept below `directory`. Where nothing can be kept, or taken, it is made each time.
 * @param key names all that the outcome follows from, as a file may be called
 * @param outputDirectory what is in it may be removed
 */
export async function writeKept(
  directory: string,
  key: string,
  outputDirectory: string,
  make: () => Promise<unknown>,
): Promise<void> {
  const kept = join(directory, key);
  if (await take(kept, outputDirectory)) return;
  await make();
  // Of a full disk or a folder that cannot be written nobody has to be told here: what was asked for is there.
  await keep(outputDirectory, kept).catch(() => undefined);
}

async function take(kept: string, outputDirectory: string): Promise<boolean> {
  try {
    await cp(kept, outputDirectory, { recursive: true });
    return true;
  } catch {
    // There is none, or another start has just removed it: a part of one is nothing to add to.
    await rm(outputDirectory, { recursive: true, force: true });
    return false;
  }
}

async function keep(outputDirectory: string, kept: string): Promise<void> {
  const directory = dirname(kept);
  await mkdir(directory, { recursive: true });
  // Whole or not at all: another start may read it already, or end here.
  const whole = await mkdtemp(join(directory, 'new-'));
  try {
    await cp(outputDirectory, whole, { recursive: true });
    await rename(whole, kept);
  } catch {
    // Where another start was first, it is the same.
    await rm(whole, { recursive: true, force: true });
  }
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
  await Promise.all(old.map(({ path }) => remove(path)));
}

/** At one stroke for whoever is copying it: file by file, a copy could lack some and look whole. */
async function remove(path: string): Promise<void> {
  const away = join(dirname(path), `old-${basename(path)}`);
  await rename(path, away);
  await rm(away, { recursive: true, force: true });
}
