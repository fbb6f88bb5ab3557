import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';

/** So many are kept: some configurations, each before and after a change. */
const mostKept = 8;

/** What a kept one is made of: what was written, its checksum, and an empty file that is written anew at each use. */
const parts = { files: 'files', checksum: 'sha256', used: 'used' };

/**
 * Writes into `outputDirectory` what `make` writes there for this key: what it wrote at an earlier time, where that is
 * still kept below `directory`, whole and as it was. Where nothing can be kept, or taken, it is made each time.
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
    await cp(join(kept, parts.files), outputDirectory, { recursive: true });
    const expected = await readFile(join(kept, parts.checksum), 'utf8');
    if ((await checksumOf(outputDirectory)) !== expected) throw new Error('it is not what was kept');
    await writeFile(join(kept, parts.used), '').catch(() => undefined);
    return true;
  } catch {
    // There is none, another start has just removed it, or a power cut has left it empty: a part is nothing to add to.
    await rm(outputDirectory, { recursive: true, force: true });
    await remove(kept).catch(() => undefined);
    return false;
  }
}

async function keep(outputDirectory: string, kept: string): Promise<void> {
  const directory = dirname(kept);
  await mkdir(directory, { recursive: true });
  // Whole or not at all: another start may read it already, or end here.
  const whole = await mkdtemp(join(directory, 'new-'));
  try {
    await cp(outputDirectory, join(whole, parts.files), { recursive: true });
    await writeFile(join(whole, parts.checksum), await checksumOf(join(whole, parts.files)));
    await writeFile(join(whole, parts.used), '');
    await rename(whole, kept);
  } catch {
    // Where another start was first, it is the same.
    await rm(whole, { recursive: true, force: true });
  }
  await removeLeastUsed(directory);
}

/** SHA-256 of all files below a directory, by their paths. */
async function checksumOf(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const hash = createHash('sha256');
  for (const path of paths.toSorted()) {
    const text = await readFile(path);
    hash.update(JSON.stringify([relative(directory, path), text.length])).update(text);
  }
  return hash.digest('hex');
}

async function removeLeastUsed(directory: string): Promise<void> {
  const all = await Promise.all(
    (await readdir(directory)).map(async (name) => {
      const path = join(directory, name);
      // What is being kept now has not been used; another start may remove any of them, too.
      const { mtimeMs = 0 } =
        (await stat(join(path, parts.used))
          .catch(() => stat(path))
          .catch(() => undefined)) ?? {};
      return { path, usedMs: mtimeMs };
    }),
  );
  const old = all.toSorted((a, b) => b.usedMs - a.usedMs).slice(mostKept);
  await Promise.all(old.map(({ path }) => remove(path)));
}

/** At one stroke for whoever is copying it: file by file, a copy could lack some and look whole. */
async function remove(path: string): Promise<void> {
  const away = join(dirname(path), `old-${basename(path)}`);
  await rename(path, away);
  await rm(away, { recursive: true, force: true });
}
