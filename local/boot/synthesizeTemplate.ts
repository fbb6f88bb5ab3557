import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { synthesizeStage } from '../synthesis/synthesize.ts';
import { readAssembly, type Assembly } from '../template/assembly.ts';
import type { StageBoot } from './stageBoot.ts';

/**
 * Writes the templates that the stage boots from, and the bundles of its functions.
 * @throws FleetConfigError, BudgetError: the configuration does not come out. TemplateError.
 */
export async function synthesizeTemplate(boot: StageBoot): Promise<Assembly> {
  const { fleet, stage, directory, stateDirectory } = boot;
  const outputDirectory = join(directory, 'cdk.out');
  await rm(outputDirectory, { recursive: true, force: true });
  await lendNodeModules(directory);
  await synthesizeStage({
    fleet,
    stage,
    outputDirectory,
    keptIn: join(stateDirectory, 'cache', 'assemblies'),
  });
  const assembly = await readAssembly(outputDirectory);
  boot.reached(`template synthesized: ${assembly.stacks.length} stacks`);
  return assembly;
}

/**
 * The functions' bundle leaves the AWS SDK to the Lambda runtime; here they find the project's, wherever
 * the stage's directory lies.
 */
async function lendNodeModules(directory: string): Promise<void> {
  const link = join(directory, 'node_modules');
  await rm(link, { force: true });
  await symlink(fileURLToPath(new URL('../../node_modules', import.meta.url)), link);
}
