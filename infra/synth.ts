import { Validations, type IPolicyValidationPlugin } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { join } from 'node:path';
import { checkBudgets } from './budget.ts';
import {
  bundleModules,
  functionEntries,
  writeModules,
  type BundledModule,
  type BundleEntries,
} from './bundle.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { checkTemplates } from './rules/index.ts';
import { appOf } from './cdkApp.ts';
import { checkOnCall } from './onCall.ts';
import { hashRelease } from './release.ts';

export interface SynthesisOptions {
  fleet: Fleet;
  stages: readonly string[];
  /** Where the cloud assembly is written: templates, manifest, the functions' code. */
  outputDirectory: string;
  /**
   * Whether CloudFormation's own rules and those of infra/rules are checked too, half the time of a synthesis. An offence is an
   * error. Defaults to true; the same description need not be checked at every start on this machine.
   */
  validate?: boolean;
  /** The functions' modules. Left out: those of the fleet's service and of the stage. */
  entries?: BundleEntries;
  /** The same as they were bundled, where they have just been. */
  modules?: readonly BundledModule[];
  /** More rules that the templates must pass; an offence is an error. */
  plugins?: readonly IPolicyValidationPlugin[];
}

/**
 * Writes the CloudFormation templates of the stages, with the functions' bundled code.
 * @throws FleetConfigError for an unknown stage, or one whose alarms reach nobody; BudgetError when a stage's sums do not come out;
 *   BundleError when the code cannot be bundled; TemplateRuleError for what only a deployment would show.
 */
export async function synthesize({
  fleet,
  stages,
  outputDirectory,
  validate = true,
  entries = functionEntries(fleet.service),
  modules: bundled,
  plugins = [],
}: SynthesisOptions): Promise<CloudAssembly> {
  for (const stage of stages) {
    checkBudgets(fleet, stage);
    checkOnCall(fleet, stage);
  }
  const codeDirectory = join(outputDirectory, 'bundle');
  const modules = bundled ?? (await bundleModules(entries));
  await writeModules(codeDirectory, modules);
  const release = await hashRelease(fleet.service, entries, modules);
  const app = appOf({ fleet, stages, outputDirectory, codeDirectory, release, validate });
  Validations.of(app).addPlugins(...plugins);
  const assembly = app.synth();
  if (validate) checkTemplates(fleet, assembly.stacks);
  return assembly;
}
