import { Duration, Stack } from 'aws-cdk-lib';
import { FederatedPrincipal, OidcProviderNative, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { stagesOn, type Fleet } from '../../fleet/fleet.ts';
import { adoptedDocuments } from '../../fleet/monitoredFleet.ts';
import { githubRoleName } from '../../fleet/names.ts';
import { provingOf } from '../../fleet/provingStage.ts';
import { addStatements, type Statement } from './acknowledge.ts';
import {
  deployStatements,
  doctorStatements,
  drillStatements,
  pauseStatements,
  provingStatements,
  sweepStatements,
  toolStatements,
  type GithubTarget,
} from './githubStatements.ts';

const issuer = 'token.actions.githubusercontent.com';

/** The repository as GitHub's tokens name it, with numbers that no later namesake gets. */
function subjectOf({ repository, ids }: NonNullable<Fleet['github']>): string {
  const [owner, name] = repository.split('/');
  return ids ? `${owner}@${ids.owner}/${name}@${ids.repository}` : repository;
}

/**
 * One role a stage for the repository's workflows, without stored keys: GitHub's token is good for the one
 * environment that bears the stage's name, and the role for that stage's resources. No role but that of a
 * stage other than `prod` may break anything.
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
  const { partition, region, account } = Stack.of(scope);
  for (const stage of stages) {
    const role = new Role(scope, `Github-${stage}`, {
      roleName: githubRoleName(stage),
      description: `Workflows of ${github.repository} in the environment ${stage}`,
      maxSessionDuration: Duration.hours(4),
      assumedBy: new FederatedPrincipal(
        providerArn,
        {
          StringEquals: {
            [`${issuer}:aud`]: 'sts.amazonaws.com',
            [`${issuer}:sub`]: `repo:${subjectOf(github)}:environment:${stage}`,
          },
        },
        'sts:AssumeRoleWithWebIdentity',
      ),
    });
    addStatements(role, statementsOfRole(fleet, stage, { partition, region, account }));
  }
}

/** All that the role of a stage may do. */
export function statementsOfRole(
  fleet: Fleet,
  stage: string,
  where: Pick<GithubTarget, 'partition' | 'region' | 'account'>,
): Statement[] {
  const { runsOn, database } = fleet.stages[stage]!;
  const target = {
    service: fleet.service,
    stage: runsOn ? `${stage}-*` : stage,
    base: runsOn?.stage ?? stage,
    ...where,
  };
  const runs = stagesOn(fleet, stage).map(([name]) => name);
  return [
    ...deployStatements(target),
    ...toolStatements(target),
    ...(runsOn ? [] : provingStatements(target, provingOf(fleet.stages, stage))),
    ...(runsOn ? [] : doctorStatements(target)),
    // What has a network and databases of its own can be broken and paused.
    ...(stage === 'prod' || runsOn ? [] : drillStatements(target, adoptedDocuments(fleet, stage))),
    ...(database.pausable && !runsOn ? pauseStatements(target) : []),
    ...(runs.length > 0 ? sweepStatements(target, runs) : []),
  ];
}
