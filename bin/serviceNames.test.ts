import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectDirectory } from './context.ts';

/** What a service calls things, and the rooms where it may. */
const services = [
  {
    rooms: ['service/'],
    names: /\bclientes\b|getClient|client_id|\bnombre\b|\bapellido\b|\brut\b|\bcorreo\b|customers/i,
    allowed: {
      'CHANGELOG.md': 'tells what was made',
      'docs/architecture.md': 'follows one request of the service that it ships with',
      'docs/stage.md': 'says what one request of that service costs',
      'package.json': 'has a package that reads a RUT',
    },
  },
  {
    rooms: ['examples/orders/'],
    names: /\bgetOrder\b|\bpostOrder\b|storeOrders?\b|parseOrderMessage|orders_lock/,
    allowed: {},
  },
];

/** Tests and benches may speak of the service that they try. */
const isTried = (path: string): boolean => /\.test\.ts$|\/(testing|bench)\//.test(path);

const files = globSync('**/*.{ts,md,yml,json,css,html}', {
  cwd: projectDirectory,
  exclude: ['node_modules', 'cdk.out', '.headroom', 'package-lock.json'],
}).filter((path) => !isTried(path));

/** A room that imported from a service would not be the toolkit's. */
it('no room imports from a service beside the rooms', async () => {
  const importing: string[] = [];
  for (const path of files.filter((each) => each.endsWith('.ts') && !/^(examples|services)\//.test(each))) {
    const text = await readFile(join(projectDirectory, path), 'utf8');
    if (/from '[./]*\/(examples|services)\//.test(text)) importing.push(path);
  }
  expect(importing).toEqual([]);
});

it.each(services)('names of $rooms stand nowhere else', async ({ rooms, names, allowed }) => {
  const found = new Set<string>();
  for (const path of files.filter((each) => !rooms.some((room) => each.startsWith(room)))) {
    const text = await readFile(join(projectDirectory, path), 'utf8');
    if (!names.test(text)) continue;
    found.add(Object.keys(allowed).find((prefix) => path.startsWith(prefix)) ?? path);
  }
  // Also the other way: what is mended leaves this list.
  expect([...found].sort()).toEqual(Object.keys(allowed).sort());
});
