import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../../core/clock.ts';
import type { ApiFront } from '../api/front.ts';
import type { MetricStore } from '../../cloudwatch/metricStore.ts';
import type { Alarms } from '../aws/cloudwatch/alarms.ts';
import type { Stacks } from '../aws/cloudformation/stacks.ts';
import type { SecurityGroups } from '../aws/ec2/securityGroups.ts';
import type { Functions } from '../aws/lambda/functions.ts';
import type { LogGroups } from '../aws/logs/logGroups.ts';
import type { Clusters } from '../aws/redshift/clusters.ts';
import type { Secrets } from '../aws/secretsManager/secrets.ts';
import type { Parameters } from '../aws/ssm/parameters.ts';
import type { AsyncInvocations } from '../functions/asyncInvocations.ts';
import type { FunctionRuntime } from '../functions/runtime.ts';
import type { SecurityGroupProxy } from '../network/securityGroupProxy.ts';
import type { PostgresServer } from '../postgres/server.ts';
import type { QueuePollers } from '../queues/pollers.ts';
import type { Schedules } from '../schedules/schedules.ts';

/** The running parts that the template's resources come to life in. */
export interface StageContext {
  region: string;
  accountId: string;
  clock: Clock;
  postgres: Pick<
    PostgresServer,
    'host' | 'port' | 'adminUser' | 'adminPassword' | 'createDatabase' | 'endSessions'
  >;
  /** Clients of the stage's own endpoint: topics and queues are made as anybody would make them. */
  sns: SNSClient;
  sqs: SQSClient;
  functions: FunctionRuntime;
  asyncInvocations: AsyncInvocations;
  api: ApiFront;
  queues: QueuePollers;
  schedules: Schedules;
  securityGroupProxy: SecurityGroupProxy;
  securityGroups: SecurityGroups;
  secrets: Secrets;
  parameters: Parameters;
  clusters: Clusters;
  alarms: Alarms;
  metrics: MetricStore;
  /** Bodies of the stage's dashboards, by name. */
  dashboards: Map<string, string>;
  logGroups: LogGroups;
  /** What CloudFormation's API tells of the templates. */
  stacks: Stacks;
  /** What Lambda's API tells of the functions. */
  configurations: Functions;
}

/** Where a resource stands in its app, and what its stack's files hold. */
export interface ResourceScope {
  stack: string;
  logicalId: string;
  /** `stack/logicalId`, for messages. */
  where: string;
  /** Local directory of a code asset; undefined when the assembly has none under this key. */
  codeDirectory(bucket: string, key: string): string | undefined;
}

/** What other resources see of one. */
export interface Created {
  ref: string;
  attributes?: Readonly<Record<string, string>>;
}
