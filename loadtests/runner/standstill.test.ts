import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

let directory: string;
let child: ChildProcess | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headroom-standstill-'));
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await rm(directory, { recursive: true });
});

/** Runs a script in a process of its own. @returns what that told, and how it ended */
async function run(
  text: string,
  { initMs = 60_000, standstillMs = 60_000 },
  onLine: (line: string, child: ChildProcess) => void = () => undefined,
): Promise<{ lines: string[]; ended: [number | null, NodeJS.Signals | null] }> {
  const path = join(directory, 'basket.js');
  await writeFile(path, text);
  const file = fileURLToPath(new URL('./testing/scriptAlone.ts', import.meta.url));
  const started = fork(file, [path, String(initMs), String(standstillMs)]);
  child = started;
  const lines: string[] = [];
  started.on('message', (line: string) => {
    lines.push(line);
    onLine(line, started);
  });
  const ended = (await once(started, 'exit')) as [number | null, NodeJS.Signals | null];
  return { lines, ended };
}

const bound = 500;
const options = `export const options = { scenarios: {
  a: { executor: 'constant-arrival-rate', rate: 10, duration: '1h', preAllocatedVUs: 2 },
  b: { executor: 'per-vu-iterations', exec: 'other' } } };
  export async function other() {}`;
const waits =
  "import http from 'k6/http'; const wait = () => http.asyncRequest('GET', 'http://127.0.0.1:1/');";

test.each([
  ['before it waits for anything', `${options} export default function () { for (;;); }`],
  ['after it has waited', `${waits} ${options} export default async function () { await wait(); for (;;); }`],
  ['in setup', `${options} export function setup() { for (;;); } export default () => {};`],
  [
    'in teardown',
    `export const options = { scenarios: { b: { executor: 'per-vu-iterations' } } };
     export default () => {}; export function teardown() { for (;;); }`,
  ],
])('a script that never returns is given up, and named: %s', async (_, text) => {
  const { lines, ended } = await run(text, { standstillMs: bound });
  expect(lines).toEqual([
    `ScriptError: ${join(directory, 'basket.js')}: its code did not return for ${bound / 1_000} s: does it loop without end?`,
  ]);
  expect(ended).toEqual([0, null]);
});

test.each([
  ['of the script', 'for (;;);'],
  ['of a user', 'if (__VU > 0) for (;;);'],
  ['of a user with a thread of its own', "import { sleep } from 'k6'; sleep.name; if (__VU > 0) for (;;);"],
])('an init context that never returns is one that takes too long: %s', async (_, init) => {
  const { lines, ended } = await run(`${init} export default () => {};`, { initMs: bound });
  expect(lines).toEqual([
    `ScriptError: ${join(directory, 'basket.js')}: its init context takes longer than ${bound / 1_000} s: does it loop without end?`,
  ]);
  expect(ended).toEqual([0, null]);
});

test('users whose init contexts take longer together than code may without returning are no standstill', async () => {
  const { lines } = await run(
    `if (__VU > 0) for (const endMs = Date.now() + 400; Date.now() < endMs; );
     export const options = { scenarios: { b: { executor: 'per-vu-iterations', vus: 4 } } };
     export default () => {};`,
    { standstillMs: 1_000 },
  );
  expect(lines).toEqual(['over']);
});

test('Ctrl-C ends an init context that never returns, and reaches whoever listens', async () => {
  const { lines } = await run(
    "console.log('loops'); for (;;); export default () => {};",
    {},
    (line, started) => {
      if (line === 'loops') started.kill('SIGINT');
    },
  );
  expect(lines.toSorted()).toEqual([
    `ScriptError: ${join(directory, 'basket.js')}: interrupted while it was loaded`,
    'interrupted',
    'loops',
  ]);
});

test('Ctrl-C while a user is made ends the run as any stop does, and what was measured is kept', async () => {
  const { lines } = await run(
    `export const options = { scenarios: { b: { executor: 'constant-arrival-rate', rate: 10, duration: '1h',
       preAllocatedVUs: 1, maxVUs: 3 } } };
     if (__VU === 2) { console.log('loops'); for (;;); }
     export default () => new Promise(() => {});`,
    {},
    (line, started) => {
      if (line === 'loops') started.kill('SIGINT');
    },
  );
  expect(lines.toSorted()).toEqual([
    `${join(directory, 'basket.js')}: interrupted while it was loaded`,
    'interrupted',
    'loops',
  ]);
});
