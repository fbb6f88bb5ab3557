import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { FileWriteError } from './errors.ts';

/**
 * Writes a file so that a reader finds the whole of it or what was there before, whenever the process or the
 * machine ends, and whoever else writes it at the same time.
 *
 * Not by `write-file-atomic` (8.0.0): it asks the system to write once and does not look at how much was written.
 * On a full disk that is a part, and the part takes the file's place without an error.
 * @param text whole, or in pieces that follow each other
 * @param options.mode permissions of the file, as of `open`
 * @throws FileWriteError, with nothing half-written left behind
 */
export async function writeWhole(
  path: string,
  text: string | Iterable<string>,
  { mode = 0o666 } = {},
): Promise<void> {
  // A name of its own: two writers would write into each other's file.
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    const file = await open(partial, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw new FileWriteError(path, error);
  }
}
