import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { FederatedPrincipal, OidcProviderNative, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { stageOf, type Fleet } from '../fleet.ts';
import { githubRoleName } from '../names.ts';
import { deployStatements, drillStatements, pauseStatements, toolStatements } from './githubStatements.ts';

const issuer = 'token.actions.githubusercontent.com';

/**
 * One role a stage for the repository's workflows, without stored keys: GitHub's token is good for the one
 * environment that bears the stage's name, and the role for that stage's resources.
 *
 * CloudFormation does the deploying, as CDK's bootstrapped role, on the stage's stacks alone: the role
 * itself may not make what a stack makes. `cdk` finds that it may not act as CDK's own deploy role, which
 * knows no stages, and goes on as this one.
 */
export function addGithubRoles(
  scope: Construct,
  github: NonNullable<Fleet['github']>,
  fleet: Fleet,
  stages: readonly string[],
): void {
  const providerArn =
    github.providerArn ??
    new OidcProviderNative(scope, 'Github', { url: `https://${issuer}`, clientIds: ['sts.amazonaws.com'] })
      .oidcProviderArn;
  const stack = Stack.of(scope);
  const arn = (service: string, resource: string, resourceName: string): string =>
    stack.formatArn({ service, resource, resourceName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
  for (const stage of stages) {
    const base = fleet.stages[stage]!.runsOn?.stage ?? stage;
    const target = {
      // A stage of runs is `{stage}-{run}`, and never deployed under its own name.
      stage: fleet.stages[stage]!.runsOn ? `${stage}-*` : stage,
      base,
      region: stack.region,
      account: stack.account,
    };
    const role = new Role(scope, `Github-${stage}`, {
      roleName: githubRoleName(stage),
      description: `Workflows of ${github.repository} in the environment ${stage}`,
      maxSessionDuration: Duration.hours(4),
      assumedBy: new FederatedPrincipal(
        providerArn,
        {
          StringEquals: {
            [`${issuer}:aud`]: 'sts.amazonaws.com',
            [`${issuer}:sub`]: `repo:${github.repository}:environment:${stage}`,
          },
        },
        'sts:AssumeRoleWithWebIdentity',
      ),
    });
    const statements = [
      ...deployStatements(target, arn),
      ...toolStatements(target, arn),
      ...(stage === 'prod' ? [] : drillStatements(target, arn)),
      ...(stageOf(fleet, base).database.pausable && base === stage ? pauseStatements(target, arn) : []),
    ];
    for (const statement of statements) role.addToPolicy(new PolicyStatement(statement));
  }
}
