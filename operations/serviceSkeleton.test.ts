import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadService } from '../fleet/service.ts';
import { serviceSchema } from '../fleet/serviceSchema.ts';
import { bundleFunctions, functionEntries } from '../infra/bundle.ts';
import { projectDirectory } from '../infra/testing/emptyFunctions.ts';
import { loadScript } from '../loadtests/runner/script.ts';
import { readMigrations } from '../service/redshift/migrationFiles.ts';
import { UsageError } from './errors.ts';
import { writeServiceSkeleton } from './serviceSkeleton.ts';

const project = resolve('.');
let directory: Awaited<ReturnType<typeof projectDirectory>>;
beforeAll(async () => {
  directory = await projectDirectory();
});
afterAll(() => directory.remove());

describe('the skeleton of a service', () => {
  it.each([
    ['invoices', '/invoices/{invoiceId}', 'invoiceNotFound'],
    // The skeleton's own `client` is a connection.
    ['clients', '/clients/{clientsItemId}', 'clientsItemNotFound'],
  ])('of %s is whole: contract, load side, functions, migrations, scripts', async (name, path, error) => {
    const folder = join(directory.path, 'deep', name);
    const files = await writeServiceSkeleton(project, folder);
    for (const file of files) expect(await readFile(join(folder, file), 'utf8'), file).not.toMatch(/order/i);

    const { contract } = (await import(join(folder, 'contract.ts'))) as { contract: unknown };
    const { definition, load } = await loadService(serviceSchema.parse(contract));
    expect(definition).toMatchObject({
      name,
      routes: expect.arrayContaining([expect.objectContaining({ path })]),
    });
    expect(Object.keys(definition.errors)).toContain(error);
    expect((await readMigrations(join(folder, 'migrations')))[0]?.statements.length).toBeGreaterThan(1);
    const { api, subscriber } = functionEntries(definition);
    await bundleFunctions(join(folder, 'bundle'), { api, subscriber });
    const env = {
      HEADROOM_TARGETS: JSON.stringify([{ system: 'a', url: 'http://127.0.0.1:1', requestsPerSecond: 1 }]),
      HEADROOM_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'secret',
    };
    const { options } = await loadScript(join(folder, 'k6/smoke.ts'), env, () => undefined);
    const count = load.smoke.length + 4;
    expect(options.thresholds.map(({ expression }) => expression)).toContain(`count==${count}`);
  });

  it.each([
    ['billing', 'getBillingItem.ts'],
    ['cases', 'getCasesItem.ts'],
    ['workorders', 'getWorkorder.ts'],
  ])('of %s names what it keeps in %s, as a variable can be named', async (name, handler) => {
    const files = await writeServiceSkeleton(project, join(directory.path, name));
    expect(files).toContain(`handlers/${handler}`);
    expect(files).toContain(`migrations/0001_${name}.sql`);
  });

  it('is written nowhere else, over nothing, and under no name that a service cannot have', async () => {
    const there = join(directory.path, 'there');
    await mkdir(there);
    await expect(writeServiceSkeleton(project, there)).rejects.toThrow(
      'is there already, and is not overwritten',
    );
    for (const [wrong, why] of [
      [join(project, '..', 'invoices'), 'is not within'],
      [project, 'is the project itself: name a place of its own within it for a service'],
      [join(directory.path, 'Invoices'), "cannot be a service's name"],
      [join(directory.path, 'in'), "cannot be a service's name"],
      [join(directory.path, 'class'), "cannot be a service's name"],
      [join(directory.path, 'order'), "cannot be a service's name"],
      [join(directory.path, 'rows'), "cannot be a service's name"],
    ] as const) {
      await expect(writeServiceSkeleton(project, wrong)).rejects.toThrow(UsageError);
      await expect(writeServiceSkeleton(project, wrong)).rejects.toThrow(why);
    }
  });
});
