import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mayBlock } from './blockingCalls.ts';
import { bundleScript } from './bundle.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headroom-blocking-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function blocks(text: string): Promise<boolean> {
  const path = join(directory, 'script.ts');
  await writeFile(path, text);
  return mayBlock(await bundleScript(path));
}

test.each([
  ['a call', "import http from 'k6/http'; export default () => http.get('u');"],
  ['a call by its own name', "import { get } from 'k6/http'; export default () => get('u');"],
  ['a sleep', "import { sleep } from 'k6'; export default () => sleep(1);"],
  ['a sleep of the whole module', "import k6 from 'k6'; export default () => k6.sleep(1);"],
  ['a namespace', "import * as http from 'k6/http'; export default () => http.batch([]);"],
  ['another name', "import http from 'k6/http'; const client = http; export default () => client.get('u');"],
  [
    'a module taken apart',
    "import http from 'k6/http'; const { post } = http; export default () => post('u');",
  ],
  ['a computed name', "import http from 'k6/http'; export default () => http['g' + 'et']('u');"],
  ['a module passed on', "import http from 'k6/http'; export default () => JSON.stringify(http);"],
  ['a require', "const http = require('k6/http'); export default () => http.get('u');"],
])('%s may wait', async (_, text) => {
  expect(await blocks(text)).toBe(true);
});

test.each([
  ['nothing of k6', 'export default () => new Map().get(1);'],
  ['promises', "import http from 'k6/http'; export default () => http.asyncRequest('GET', 'u');"],
  ['a check', "import { check } from 'k6'; export default () => check(1, {});"],
  ['what others call get', "import { check } from 'k6'; export default (m) => check(m.get('u'), {});"],
])('%s does not wait', async (_, text) => {
  expect(await blocks(text)).toBe(false);
});

test('the profiles need no threads', async () => {
  const folder = fileURLToPath(new URL('../k6/', import.meta.url));
  const scripts = (await readdir(folder)).filter((file) => /^[a-z]+\.ts$/.test(file));
  expect(scripts.length).toBeGreaterThan(4);
  for (const script of scripts)
    expect(mayBlock(await bundleScript(join(folder, script))), script).toBe(false);
});
