import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Paths of the files below a directory, at any depth, that have one of these names, sorted; none where it is not there. */
export async function filesNamed(directory: string, names: readonly string[]): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  return entries
    .filter((entry) => entry.isFile() && names.includes(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
