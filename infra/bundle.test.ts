import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFunctions, functionEntries } from './bundle.ts';
import { BundleError } from './errors.ts';
import { service } from '../service/testing/service.ts';
import { projectDirectory } from './testing/emptyFunctions.ts';

let directory: Awaited<ReturnType<typeof projectDirectory>>;

beforeAll(async () => {
  directory = await projectDirectory();
});
afterAll(() => directory.remove());

const contentsOf = async (path: string): Promise<Record<string, string>> => {
  const names = (await readdir(path)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(path, name), 'utf8')] as const)),
  );
};

const functions = ['api', 'canary', 'comparison', 'probe', 'subscriber'];

describe('bundleFunctions', () => {
  it("bundles the project's functions with what they import, the same bytes each time", async () => {
    const [first, second] = [join(directory.path, 'first'), join(directory.path, 'second')];
    await bundleFunctions(first, functionEntries(service.definition));
    await bundleFunctions(second, functionEntries(service.definition));
    const bundle = await contentsOf(first);
    expect(Object.keys(bundle)).toEqual(expect.arrayContaining(functions.map((name) => `${name}.mjs`)));
    expect(await contentsOf(second)).toEqual(bundle);
    const importsOf = (name: string): string[] =>
      [...bundle[name]!.matchAll(/(?:from|import)"([^"]+)"/g)].map(([, path]) => path!);
    for (const [name, text] of Object.entries(bundle)) {
      for (const path of importsOf(name)) expect(path, name).toMatch(/^(\.\/|node:module$)/);
      // An import would read the exports that Node defers, its whole `fetch` among them.
      expect(text, name).not.toMatch(/from"(node:)?https?"/);
    }
    // What a function parses before it can answer: zod imported as `{ z }`, with its locales, would add 280 KB.
    const loadedBy = (name: string, seen = new Set<string>()): Set<string> => {
      seen.add(name);
      for (const path of importsOf(name)) {
        if (path.startsWith('./') && !seen.has(path.slice(2))) loadedBy(path.slice(2), seen);
      }
      return seen;
    };
    for (const name of functions) {
      const files = [...loadedBy(`${name}.mjs`)];
      const bytes = files.reduce((sum, file) => sum + bundle[file]!.length, 0);
      expect(bytes, name).toBeLessThan(500_000);
      expect(files.length, name).toBeLessThan(20);
    }
    expect(Object.keys(functionEntries(service.definition)).sort()).toEqual(functions);
  });

  it('makes modules that load, CommonJS dependencies included', async () => {
    const entry = join(directory.path, 'entry.ts');
    await writeFile(
      entry,
      `import pg from 'pg';
       import { SQSClient } from '@aws-sdk/client-sqs';
       export const handler = async () => [typeof pg.Client, typeof SQSClient];`,
    );
    const output = join(directory.path, 'loads');
    await bundleFunctions(output, { api: entry });
    const { handler } = (await import(pathToFileURL(join(output, 'api.mjs')).href)) as {
      handler: () => Promise<unknown>;
    };
    expect(await handler()).toEqual(['function', 'function']);
  });

  it('names the entry that is missing', async () => {
    await expect(
      bundleFunctions(directory.path, { api: join(directory.path, 'nowhere.ts') }),
    ).rejects.toThrow(/^bundling the functions: api: no file .*nowhere\.ts$/);
  });

  it('says what cannot be resolved', async () => {
    const entry = join(directory.path, 'broken.ts');
    await writeFile(entry, `export { handler } from './elsewhere.ts';`);
    const bundling = bundleFunctions(join(directory.path, 'broken'), { api: entry });
    await expect(bundling).rejects.toBeInstanceOf(BundleError);
    await expect(bundling).rejects.toThrow('Could not resolve "./elsewhere.ts"');
  });
});
