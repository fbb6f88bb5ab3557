import { App } from 'aws-cdk-lib';

/**
 * A CDK app for some constructs without their system. CloudFormation's own rules, which would only warn here, are
 * most of a synthesis' time: `infra` holds whole templates against them.
 */
export const bareApp = (context: Record<string, unknown> = {}): App =>
  new App({
    context,
    analyticsReporting: false,
    treeMetadata: false,
    stackTraces: false,
    builtinCloudFormationValidation: false,
  });
