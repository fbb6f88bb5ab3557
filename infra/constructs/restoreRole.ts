import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { IStage } from 'aws-cdk-lib/aws-apigateway';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * What a drill's one-time schedule acts as: it may authorise ingress to this one group and patch this one stage
 * of an API, and nothing else, so that a drill whose process died still ends.
 */
export function restoreRole(
  scope: Construct,
  id: string,
  { roleName, group, apiStage }: { roleName: string; group: ISecurityGroup; apiStage: IStage },
): Role {
  const stack = Stack.of(scope);
  return new Role(scope, id, {
    roleName,
    description: 'One-time schedules of drills: give db-servers its rule, and the API its room, back',
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: {
        StringEquals: {
          'aws:SourceAccount': stack.account,
          // Scheduler names the schedule's group, not the schedule; drills use the default one.
          'aws:SourceArn': stack.formatArn({
            service: 'scheduler',
            resource: 'schedule-group',
            resourceName: 'default',
          }),
        },
      },
    }),
    inlinePolicies: {
      PatchTheStage: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: ['apigateway:PATCH'],
            resources: [
              stack.formatArn({
                service: 'apigateway',
                account: '',
                resource: `/restapis/${apiStage.restApi.restApiId}/stages`,
                resourceName: apiStage.stageName,
                arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
              }),
            ],
          }),
        ],
      }),
      AuthorizeTheRule: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: ['ec2:AuthorizeSecurityGroupIngress'],
            resources: [
              stack.formatArn({
                service: 'ec2',
                resource: 'security-group',
                resourceName: group.securityGroupId,
                arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
              }),
            ],
          }),
        ],
      }),
    },
  });
}
