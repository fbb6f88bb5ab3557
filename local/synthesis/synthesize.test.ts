import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BudgetError, BundleError } from '../../infra/errors.ts';
import { parseFleet, withSystems } from '../../fleet/fleet.ts';
import { stackNames } from '../../fleet/names.ts';
import { emptyFunctions, projectDirectory } from '../../infra/testing/emptyFunctions.ts';
import { synthesize } from '../../infra/synth.ts';
import { exampleFleet } from '../../infra/testing/templates.ts';
import { synthesizeStage } from './synthesize.ts';

let directory: Awaited<ReturnType<typeof projectDirectory>>;
beforeAll(async () => {
  directory = await projectDirectory();
});
afterAll(() => directory.remove());

const fleet = withSystems(exampleFleet, 1);

const work = (name: string) => ({
  fleet,
  stage: 'local',
  outputDirectory: join(directory.path, name),
  keptIn: join(directory.path, 'kept'),
});

describe('synthesizeStage', () => {
  it('takes what it wrote before of the same code and configuration, and of no other', async () => {
    const file = `${stackNames('local').system(fleet.systems[0]!.name)}.template.json`;
    const entries = await emptyFunctions(directory.path);
    const templateOf = async (name: string, changed: Partial<Parameters<typeof synthesizeStage>[0]> = {}) => {
      await synthesizeStage({ ...work(name), entries, ...changed });
      return readFile(join(directory.path, name, file), 'utf8');
    };
    const template = await templateOf('first');
    const [kept] = await readdir(work('first').keptIn);
    // Written anew by whoever takes what was kept, and by nobody who makes it again.
    const used = join(work('first').keptIn, kept!, 'used');
    await rm(used);
    expect(await templateOf('again')).toBe(template);
    expect(await readdir(dirname(used))).toContain('used');

    const busier = withSystems(parseFleet({ ...fleet, accountConcurrency: fleet.accountConcurrency + 1 }), 1);
    expect(await templateOf('configured', { fleet: busier })).toBe(template);
    await writeFile(entries['api']!, 'export const handler = async (): Promise<string> => "another";');
    const changed = await templateOf('coded');
    expect(changed).toContain('"Resources"');
    expect(changed).not.toBe(template);
  }, 60_000);

  it('writes the code that has just been bundled, whatever became of the files meanwhile', async () => {
    const entries = await emptyFunctions(directory.path);
    const outputDirectory = join(directory.path, 'bundled');
    const modules = [{ fileName: 'api.mjs', contents: Buffer.from('export {};') }];
    await synthesize({ fleet, stages: ['local'], outputDirectory, validate: false, entries, modules });
    expect(await readFile(join(outputDirectory, 'bundle', 'api.mjs'), 'utf8')).toBe('export {};');
  }, 60_000);

  it('throws for code that cannot be bundled what the command line tells as a mistake, not as a bug', async () => {
    const entries = await emptyFunctions(directory.path);
    const broken = join(directory.path, 'broken.ts');
    await writeFile(broken, `import './nowhere.ts';\n`);
    const synthesis = synthesizeStage({ ...work('broken'), entries: { ...entries, api: broken } });
    await expect(synthesis).rejects.toThrow(BundleError);
    await expect(synthesis).rejects.toThrow(/^bundling the functions: .*nowhere\.ts/s);
  });

  it('does sums before it starts anything', async () => {
    const tight = parseFleet({
      ...fleet,
      stages: { local: { database: { connectionLimit: 20 } } },
    });
    await expect(synthesizeStage({ ...work('tight'), fleet: tight })).rejects.toThrow(BudgetError);
  });
});
