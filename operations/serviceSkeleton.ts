import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { UsageError } from './errors.ts';
import { movedImports, placeWithin } from './movedImports.ts';

/** The service that a skeleton is made of, from the project's folder. */
const pattern = 'examples/orders';

/**
 * Writes a new service: that of the example, with the folder's name for what it keeps.
 * @param directory absolute; within the project, and not there yet
 * @returns its files, from its folder
 * @throws UsageError when the folder is elsewhere, is there, or has a name that no service can have
 */
export async function writeServiceSkeleton(project: string, directory: string): Promise<string[]> {
  const place = placeWithin(project, directory, 'a service');
  const name = basename(directory);
  if (!/^[a-z][a-z0-9]{2,13}$/.test(name)) {
    throw new UsageError(
      `"${name}" cannot be a service's name: expected 3 to 14 lower-case letters and digits.`,
    );
  }
  if (await stat(directory).catch(() => undefined)) {
    throw new UsageError(`${place} is there already, and is not overwritten: name another folder.`);
  }
  const files = globSync('**/*', { cwd: join(project, pattern), exclude: ['**/*.e2e.test.ts'] })
    .filter((file) => /\.(ts|sql)$/.test(file))
    .sort();
  const written: string[] = [];
  for (const file of files) {
    const text = await readFile(join(project, pattern, file), 'utf8');
    const renamed = rename(file, name);
    const target = join(directory, renamed);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, rename(movedImports(text, project, dirname(target)), name));
    written.push(renamed);
  }
  // Other names have other lengths, and with them other lines.
  await promisify(execFile)(
    join(project, 'node_modules/.bin/oxfmt'),
    ['--no-error-on-unmatched-pattern', directory],
    {
      cwd: project,
    },
  );
  return written;
}

/** `invoices` for `orders`, `Invoice` for `Order`; of `billing` one is a `billingItem`. */
function rename(text: string, name: string): string {
  const singular = name.endsWith('s') ? name.slice(0, -1) : `${name}Item`;
  const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
  return text
    .replaceAll('orders', name)
    .replaceAll('Orders', capital(name))
    .replaceAll('order', singular)
    .replaceAll('Order', capital(singular));
}
