import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, RetentionDays, type LogGroupClass } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** A log group that exists before whoever writes to it, so that its lines are kept for a month, not for ever. */
export const ownLogGroup = (
  scope: Construct,
  id: string,
  logGroupName: string,
  logGroupClass?: LogGroupClass,
): LogGroup =>
  new LogGroup(scope, id, {
    logGroupName,
    ...(logGroupClass && { logGroupClass }),
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
