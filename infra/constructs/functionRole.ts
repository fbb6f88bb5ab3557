import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Effect, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { addStatements } from './acknowledge.ts';

/** What Lambda does in a function's name to join it to a network; none of it can name a resource. */
const networkActions = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcs',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * A function's role: nothing but what is granted to it afterwards, and for a function in a network the
 * rights that Lambda needs, which the function's own code is denied.
 */
export function functionRole(
  scope: Construct,
  id: string,
  { functionName, inNetwork }: { functionName: string; inNetwork: boolean },
): Role {
  const role = new Role(scope, id, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: `Function ${functionName}`,
  });
  if (!inNetwork) return role;
  const functionArn = Stack.of(scope).formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: functionName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  addStatements(role, [
    {
      actions: networkActions,
      resources: ['*'],
      patternReason: 'What Lambda does to join a network names no resource; the code is denied it.',
    },
    {
      effect: Effect.DENY,
      actions: networkActions,
      resources: ['*'],
      conditions: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } },
    },
  ]);
  return role;
}
