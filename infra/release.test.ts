import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serviceSchema } from '../fleet/serviceSchema.ts';
import * as service from '../service/contract.ts';
import type * as release from './release.ts';
import { projectDirectory } from './testing/emptyFunctions.ts';

const project = fileURLToPath(new URL('..', import.meta.url));
const migrations = `service/${service.contract.migrations}`;
const [firstMigration = ''] = readdirSync(join(project, migrations)).sort();
const rooms = ['core', 'fleet', 'cloudwatch', 'service', 'monitoring', 'records', 'infra'];

let directory: Awaited<ReturnType<typeof projectDirectory>>;
let copy: string;
let before: string;
let count = 0;

/** Of the copy's sources as they are now. */
async function hashNow(): Promise<string> {
  // Another address is another module, which remembers nothing.
  const path = `${join(copy, 'infra/release.ts')}?${(count += 1)}`;
  const { hashRelease } = (await import(path)) as typeof release;
  const { contract } = (await import(`${join(copy, 'service/contract.ts')}?${count}`)) as typeof service;
  return hashRelease(serviceSchema.parse(contract));
}

beforeAll(async () => {
  directory = await projectDirectory();
  copy = directory.path;
  await Promise.all(rooms.map((room) => cp(join(project, room), join(copy, room), { recursive: true })));
  await cp(join(project, 'package.json'), join(copy, 'package.json'));
  before = await hashNow();
});
afterAll(() => directory.remove());

/** Whether the hash is another one once a file has changed; the file is as it was afterwards. */
async function changes(file: string, change: (text: string) => string): Promise<boolean> {
  const path = join(copy, file);
  const text = await readFile(path, 'utf8');
  const changed = change(text);
  expect(changed).not.toBe(text);
  await writeFile(path, changed);
  const after = await hashNow();
  await writeFile(path, text);
  return after !== before;
}

describe('the hash of a release', () => {
  it('is the same for the same sources', async () => {
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashNow()).toBe(before);
  });

  it.each<[string, string, string | RegExp, string]>([
    ['another limit', 'monitoring/limits.ts', 'utilizationPercent: 80', 'utilizationPercent: 99'],
    ['another SQL', 'service/redshift/sql.ts', /SELECT /, 'SELECT DISTINCT '],
    ['another migration', `${migrations}/${firstMigration}`, /VARCHAR\(\d+\)/i, 'VARCHAR(7)'],
    ['other grants', 'service/contract.ts', /api: \{ (\w+): \['SELECT'\]/, "api: { $1: ['SELECT', 'DELETE']"],
    ['another way to grant', 'service/redshift/databaseUsers.ts', /GRANT USAGE/, 'GRANT CREATE'],
    ['another template', 'infra/constructs/messaging.ts', 'Duration.days(14)', 'Duration.days(4)'],
    ['another handler', 'service/handlers/healthcheck.ts', '1_000', '9_000'],
  ])('is another one with %s', async (_, file, from, to) => {
    expect(await changes(file, (text) => text.replace(from, to))).toBe(true);
  });

  it.each<[string, string, string]>([
    ['a comment', 'service/redshift/sql.ts', '// Nobody runs this.\n'],
    ['a comment on a limit', 'monitoring/limits.ts', '/* A reason. */\n'],
    ['documentation', 'service/README.md', '\nMore.\n'],
    ['a runbook', 'monitoring/runbooks/page.md', '\nMore.\n'],
    ['a test', 'service/handlers/api.test.ts', 'export {};\n'],
    ['a rule that templates are held against', 'infra/rules/size.ts', 'export const unused = 1;\n'],
    ['a price', 'infra/plan/prices.ts', 'export const unused = 1;\n'],
  ])('is the same with %s more', async (_, file, text) => {
    expect(await changes(file, (source) => source + text)).toBe(false);
  });

  it('is the same however the sources are laid out', async () => {
    expect(await changes('monitoring/limits.ts', (text) => text.replaceAll('\n', '\n\n'))).toBe(false);
  });
});
