import { ArnFormat, type Stack } from 'aws-cdk-lib';

/** ARN of an alarm of the stack's account and region, by its name. */
export const alarmArn = (stack: Stack, resourceName: string): string =>
  stack.formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
