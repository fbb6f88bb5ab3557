import { CfnAccount } from 'aws-cdk-lib/aws-apigateway';
import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledge } from '../constructs/acknowledge.ts';
import { addGithubRoles } from '../constructs/githubRoles.ts';
import type { Fleet } from '../../fleet/fleet.ts';

export interface AccountStackProps extends StackProps {
  fleet: Fleet;
  /** Stages of the account. */
  stages: readonly string[];
}

/**
 * What an account has once in the region, whatever its stages: the role with which API Gateway writes logs,
 * and the roles of GitHub's workflows. It stays when stages go: other APIs of the account may use it.
 */
export class AccountStack extends Stack {
  constructor(scope: Construct, id: string, { fleet, stages, ...props }: AccountStackProps) {
    super(scope, id, props);
    const role = new Role(this, 'ApiLogsRole', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      description: 'API Gateway writes the access logs of every API of the account',
      managedPolicies: [
        ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonAPIGatewayPushToCloudWatchLogs'),
      ],
    });
    acknowledge(role, {
      'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
        'API Gateway checks the role for exactly these rights; it is AWS that keeps them current.',
    });
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    new CfnAccount(this, 'ApiGateway', { cloudWatchRoleArn: role.roleArn }).applyRemovalPolicy(
      RemovalPolicy.RETAIN,
    );
    if (fleet.github) addGithubRoles(this, fleet.github, fleet, stages);
  }
}
