import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectDirectory } from './directories.ts';

const namesIn = (text: string): string[] => text.match(/\bHEADROOM_[A-Z]+(_[A-Z]+)*\b/g) ?? [];

/** The project's own files: no dependency, nothing hidden. */
async function sourcesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const below = await Promise.all(
    entries
      .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
      .map((entry) => {
        const path = join(directory, entry.name);
        if (entry.isDirectory()) return sourcesIn(path);
        return Promise.resolve(/(?<!\.test)\.(ts|json)$/.test(entry.name) ? [path] : []);
      }),
  );
  return below.flat();
}

it('docs/commands.md has every variable that the project reads, and no other', async () => {
  const texts = await Promise.all((await sourcesIn(projectDirectory)).map((path) => readFile(path, 'utf8')));
  const page = await readFile(join(projectDirectory, 'docs', 'commands.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `HEADROOM_'));
  const known = [...new Set(texts.flatMap(namesIn))].sort();
  expect(known.length).toBeGreaterThan(5);
  expect(rows.flatMap(namesIn).sort()).toEqual(known);
});
