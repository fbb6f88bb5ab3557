import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectDirectory } from './directories.ts';

/** What a service calls things, and the room where it may. */
const services = [
  {
    room: 'service/',
    names: /clientes|getClient|client_id|\bnombre\b|\bapellido\b|\brut\b(?!\.js)|\bcorreo\b|customers/i,
    allowed: [],
  },
  {
    room: 'examples/orders/',
    names: /\bgetOrder\b|\bpostOrder\b|storeOrders?\b|parseOrderMessage|orders_lock/,
    // Adds a route to a copy of it.
    allowed: ['infra/addedRoute.test.ts'],
  },
];
const thisFile = 'bin/serviceNames.test.ts';

/** All that is written by hand: tests and benches read the contract, or have names of their own. */
const files = globSync('**/*.{ts,js,mjs,md,yml,json,css,html,sql,sh}', {
  cwd: projectDirectory,
  exclude: ['node_modules', 'cdk.out', '.headroom', 'package-lock.json'],
}).filter((path) => path !== thisFile);

/** A room that imported from a service would not be the toolkit's. */
it('no room imports from a service beside the rooms', async () => {
  const importing: string[] = [];
  for (const path of files.filter(
    (each) => /(?<!\.test)\.ts$/.test(each) && !/^(examples|services)\/|\/(testing|bench)\//.test(each),
  )) {
    const text = await readFile(join(projectDirectory, path), 'utf8');
    if (/from '[./]*\/(examples|services)\//.test(text)) importing.push(path);
  }
  expect(importing).toEqual([]);
});

it.each(services)('names of $room stand nowhere else', async ({ room, names, allowed }) => {
  const found: string[] = [];
  for (const path of files.filter((each) => !each.startsWith(room))) {
    const text = await readFile(join(projectDirectory, path), 'utf8');
    if (names.test(path) || names.test(text)) found.push(path);
  }
  // Also the other way: what is mended leaves this list.
  expect(found.sort()).toEqual(allowed);
});
