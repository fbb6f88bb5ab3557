import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FileWriteError } from '../core/errors.ts';
import { UsageError } from './errors.ts';
import { movedImports, placeWithin } from './movedImports.ts';

/** What is written, from the project's folder. */
const pattern = 'examples/fleet.config.ts';

/**
 * Writes a configuration with every option explained.
 * @param file absolute; within the project, and not there yet
 * @throws UsageError when it is elsewhere, or is there
 */
export async function writeFleetSkeleton(project: string, file: string): Promise<void> {
  const place = placeWithin(project, file, 'a configuration');
  if (!file.endsWith('.ts')) throw new UsageError(`${place}: expected a file that ends in .ts.`);
  const text = await readFile(join(project, pattern), 'utf8');
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, movedImports(text, project, dirname(file)), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw new FileWriteError(file, error);
    throw new UsageError(
      `${place} is there already, and is not overwritten: name another file with --config.`,
    );
  }
}
