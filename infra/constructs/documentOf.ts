import { given } from '../../fleet/given.ts';
import type { SystemDocument } from '../../fleet/systemDocument.ts';
import { clusterMemoryMiBOf, connectionLimitOf, type StageConfig, type System } from '../../fleet/fleet.ts';
import { databaseName, databaseUsers, logGroupName, systemNames } from '../../fleet/names.ts';
import type { ServiceDefinition } from '../../fleet/service.ts';
import type { SystemApi } from './systemApi.ts';
import type { Messaging } from './messaging.ts';
import { databaseRuleDescription } from './securityGroups.ts';

export interface DocumentProps {
  service: ServiceDefinition;
  stage: string;
  system: System;
  region: string;
  release: string;
  config: StageConfig;
  api: SystemApi;
  messaging: Messaging;
  /** The stage whose database it is, which may be another one's. */
  database: {
    stage: string;
    config: StageConfig;
    schema?: string;
    secretArns: Record<'admin' | 'api' | 'subscriber' | 'probe', string>;
    groupIds: { dbIngress: string; dbServers: string };
    restoreRoleArn?: string;
  };
}

/** What a system says about itself; values that only the deployment knows are tokens. */
export function documentOf({
  service,
  stage,
  system,
  region,
  release,
  config: { api: apiConfig, subscriber },
  api,
  messaging,
  database,
}: DocumentProps): SystemDocument {
  const names = systemNames(service, stage, system.name);
  const users = databaseUsers(system.name);
  const { config, schema, secretArns, groupIds, restoreRoleArn } = database;
  return {
    schemaVersion: 1,
    stage,
    system: system.name,
    region,
    release,
    api: given({
      id: api.api.restApiId,
      stage: api.api.deploymentStage.stageName,
      url: api.url,
      name: names.api,
      keySecretArn: api.keySecretArn,
    }),
    functions: { api: names.apiFunction, subscriber: names.subscriberFunction },
    concurrency: {
      apiReserved: apiConfig.reservedConcurrency,
      subscriberMaximum: subscriber.maximumConcurrency,
    },
    topicArn: messaging.topic.topicArn,
    queues: {
      subscriber: { name: names.queue, url: messaging.queue.queueUrl },
      deadLetter: { name: names.deadLetterQueue, url: messaging.deadLetterQueue.queueUrl },
      undelivered: { name: names.undeliveredQueue, url: messaging.undeliveredQueue.queueUrl },
    },
    cluster: {
      identifier: systemNames(service, database.stage, system.name).cluster,
      database: databaseName(system.name),
      ...(schema !== undefined && { schema }),
      adminSecretArn: secretArns.admin,
      apiSecretArn: secretArns.api,
      subscriberSecretArn: secretArns.subscriber,
      probeSecretArn: secretArns.probe,
      users: { api: users.api, subscriber: users.subscriber },
      connectionLimit: connectionLimitOf(config),
      memoryMiB: clusterMemoryMiBOf(config),
    },
    securityGroups: {
      ...groupIds,
      rule: {
        ipProtocol: 'tcp',
        port: config.database.port,
        sourceGroupId: groupIds.dbIngress,
        description: databaseRuleDescription,
      },
    },
    ...(restoreRoleArn !== undefined && { restoreRoleArn }),
    logGroups: { api: logGroupName(names.apiFunction), subscriber: logGroupName(names.subscriberFunction) },
    expectedPeak: system.expectedPeak,
  };
}
