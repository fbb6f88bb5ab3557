import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { FileWriteError } from '../../core/errors.ts';
import type { Returned } from './returned.ts';

/**
 * Puts what a script's `handleSummary` returned where it says: `stdout`, `stderr`, or a file, relative to the current
 * directory.
 * @throws FileWriteError
 */
export async function writeSummary(
  files: Returned['files'],
  onOutput: (text: string) => void,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    if (name === 'stdout' || name === 'stderr') {
      onOutput(typeof content === 'string' ? content : Buffer.from(content).toString('utf8'));
      continue;
    }
    const path = resolve(name);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    } catch (error) {
      throw new FileWriteError(path, error);
    }
  }
}
