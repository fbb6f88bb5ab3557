import { ArnFormat, Stack } from 'aws-cdk-lib';
import { AccountPrincipal, CompositePrincipal, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { fleetNames } from '../../fleet/names.ts';
import type { Proving } from '../../fleet/provingStage.ts';
import { deploymentEvidenceParameter } from '../../records/deploymentEvidence.ts';
import { provenPeakPath } from '../../monitoring/provenPeak.ts';
import { addStatements, type Statement } from './acknowledge.ts';

/**
 * The role that reads what this stage has proven, for the accounts of the stages whose peaks it proves: the
 * systems manager shares no plain parameter with another account. Whoever there may assume it, that account says.
 */
export function addEvidenceReader(scope: Construct, stage: string, accounts: readonly string[]): void {
  const role = new Role(scope, 'EvidenceReader', {
    roleName: fleetNames(stage).evidenceReaderRole,
    description: `Reads what ${stage} has proven, from the accounts of the stages that it proves`,
    assumedBy: new CompositePrincipal(...accounts.map((account) => new AccountPrincipal(account))),
  });
  const parameter = (path: string): string =>
    `${Stack.of(scope).formatArn({ service: 'ssm', resource: 'parameter' })}${path}`;
  addStatements(role, [
    { actions: ['ssm:GetParameter'], resources: [parameter(deploymentEvidenceParameter(stage))] },
    {
      actions: ['ssm:GetParametersByPath'],
      resources: [parameter(`${provenPeakPath(stage)}*`)],
      patternReason: 'Every system of the stage, also those to come.',
    },
  ]);
}

/** ARN of that role; undefined where what proves a stage is in the stage's own account. */
export const evidenceReaderArn = (stack: Stack, { stage, account }: Proving): string | undefined =>
  account &&
  stack.formatArn({
    service: 'iam',
    region: '',
    account,
    resource: 'role',
    resourceName: fleetNames(stage).evidenceReaderRole,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });

/** Acting as that role. */
export const assumesEvidenceReader = (stack: Stack, proving: Proving): Statement[] => {
  const arn = evidenceReaderArn(stack, proving);
  return arn === undefined ? [] : [{ actions: ['sts:AssumeRole'], resources: [arn] }];
};
