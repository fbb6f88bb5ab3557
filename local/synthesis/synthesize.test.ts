import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BudgetError, BundleError } from '../../infra/errors.ts';
import { parseFleet, withSystems } from '../../fleet/fleet.ts';
import { emptyFunctions, projectDirectory } from '../../infra/testing/emptyFunctions.ts';
import { exampleFleet } from '../../infra/testing/templates.ts';
import { synthesizeStage } from './synthesize.ts';

let directory: Awaited<ReturnType<typeof projectDirectory>>;
beforeAll(async () => {
  directory = await projectDirectory();
});
afterAll(() => directory.remove());

const fleet = withSystems(exampleFleet, 1);

describe('synthesizeStage', () => {
  it('throws for code that cannot be bundled what the command line tells as a mistake, not as a bug', async () => {
    const entries = await emptyFunctions(directory.path);
    const broken = join(directory.path, 'broken.ts');
    await writeFile(broken, `import './nowhere.ts';\n`);
    const synthesis = synthesizeStage(fleet, 'local', join(directory.path, 'out'), {
      ...entries,
      api: broken,
    });
    await expect(synthesis).rejects.toThrow(BundleError);
    await expect(synthesis).rejects.toThrow(/^bundling the functions: .*nowhere\.ts/s);
  });

  it('does sums before it starts anything', async () => {
    const tight = parseFleet({
      ...fleet,
      stages: { local: { database: { connectionLimit: 20 } } },
    });
    await expect(synthesizeStage(tight, 'local', directory.path)).rejects.toThrow(BudgetError);
  });
});
