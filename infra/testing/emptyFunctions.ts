import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { service } from '../../service/testing/service.ts';
import { functionEntries, type BundleEntries } from '../bundle.ts';

const home = fileURLToPath(new URL('../../.headroom/', import.meta.url));

/** A directory inside the project, where modules find its node_modules; removed by `remove()`. */
export async function projectDirectory(): Promise<{ path: string; remove(): Promise<void> }> {
  await mkdir(home, { recursive: true });
  const path = await mkdtemp(join(home, 'test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Modules that stand for the functions' where a test asks about templates, not about the functions. */
export async function emptyFunctions(directory: string): Promise<BundleEntries> {
  const entries: Record<string, string> = {};
  for (const name of Object.keys(functionEntries(service.definition))) {
    const path = join(directory, `${name}.ts`);
    await writeFile(path, `export const handler = async (): Promise<string> => '${name}';\n`);
    entries[name] = path;
  }
  return entries;
}
