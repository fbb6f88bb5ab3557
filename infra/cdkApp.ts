import { App } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import type { Fleet } from '../fleet/fleet.ts';
import { addStages, type Code } from './stacks/stage.ts';

export interface CdkAppOptions extends Code {
  fleet: Fleet;
  stages: readonly string[];
  /** Where the cloud assembly is written. */
  outputDirectory: string;
  /** Whether CloudFormation's own rules are checked too. */
  validate: boolean;
}

/**
 * The stages as a CDK app, not yet written.
 * @throws FleetConfigError for an unknown stage.
 */
export function appOf({
  fleet,
  stages,
  outputDirectory,
  codeDirectory,
  validate,
  release,
}: CdkAppOptions): App {
  const app = new App({
    outdir: outputDirectory,
    // `node infra/app.ts` does not read cdk.json, so the flags are given here.
    context: {
      ...recommendedFlags,
      '@aws-cdk/core:validateAgainstDefaultRules': true,
      // A network in use cannot be removed from under its systems.
      '@aws-cdk/core:defaultCrossStackReferences': 'strong',
      // Where each resource was made is read where a rule objects to it, and what it was made of by nobody: without
      // analytics it is not sent. To note both takes a seventh of the time.
      'aws:cdk:disable-creation-stack-traces': !validate,
      '@aws-cdk/core:enableAdditionalMetadataCollection': false,
    },
    analyticsReporting: false,
    treeMetadata: false,
    stackTraces: false,
    builtinCloudFormationValidation: validate,
  });
  addStages(app, fleet, stages, { codeDirectory, release });
  return app;
}
