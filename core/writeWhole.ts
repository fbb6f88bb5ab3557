import { open, rename, rm } from 'node:fs/promises';

/**
 * Writes a file so that a reader finds the whole of it or what was there before, whenever the process or the
 * machine ends.
 * @throws the file system's error, with nothing half-written left behind
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const partial = `${path}.partial`;
  try {
    const file = await open(partial, 'w');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
  }
}
