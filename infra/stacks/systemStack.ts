import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import { addSystemAlarms } from '../../monitoring/alarms/systemAlarms.ts';
import { BundledFunction } from '../constructs/bundledFunction.ts';
import { ClientApi } from '../constructs/clientApi.ts';
import { Database } from '../constructs/database.ts';
import { Messaging } from '../constructs/messaging.ts';
import { databaseRuleDescription, SecurityGroups } from '../constructs/securityGroups.ts';
import { publishSystemDocument } from '../constructs/systemDocumentParameter.ts';
import { clusterMemoryMiBOf, connectionLimitOf, type StageConfig, type System } from '../fleet.ts';
import {
  alarmName,
  dashboardNamesOf,
  databaseName,
  fleetAlarmName,
  fleetNames,
  logGroupName,
  monitoredSystem,
  systemNames,
} from '../names.ts';
import { alarmArn } from './alarmArn.ts';
import type { NetworkStack } from './networkStack.ts';

export interface SystemStackProps extends StackProps {
  stage: string;
  config: StageConfig;
  system: System;
  network: NetworkStack;
  /** Directory of the functions' bundle. */
  codeDirectory: string;
}

/** One system: its database, queue, functions, API and alarms, and the document that says where they are. */
export class SystemStack extends Stack {
  private readonly props: SystemStackProps;
  private readonly groups: SecurityGroups;
  private readonly database: Database;
  private readonly messaging: Messaging;

  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, props);
    this.props = props;
    const { stage, config, network } = props;
    const system = props.system.name;
    // Imported by ARN, so that grants stay in this stack's roles and out of the keys' policies.
    const key = (keyId: string, { keyArn }: Key) => Key.fromKeyArn(this, keyId, keyArn);

    this.groups = new SecurityGroups(this, 'SecurityGroups', {
      vpc: network.vpc,
      names: systemNames(stage, system),
      databasePort: config.database.port,
    });
    this.database = new Database(this, 'Database', {
      stage,
      system,
      database: config.database,
      key: key('DataKey', network.dataKey),
      subnetGroupName: network.clusterSubnetGroupName,
      parameterGroupName: network.clusterParameterGroupName,
      securityGroup: this.groups.dbServers,
    });
    this.messaging = new Messaging(this, 'Messaging', {
      stage,
      system,
      subscriber: config.subscriber,
      topicsKey: key('TopicsKey', network.topicsKey),
      queuesKey: key('QueuesKey', network.queuesKey),
    });
    this.addSubscriber();
    const api = this.addApi();
    this.addAlarms();
    this.publish(api);
  }

  private addApi(): ClientApi {
    const { stage, config, system } = this.props;
    const api = this.addFunction('ApiFunction', 'api', {
      reservedConcurrency: config.api.reservedConcurrency,
    });
    return new ClientApi(this, 'ClientApi', { stage, system, handler: api });
  }

  private addSubscriber(): void {
    const { subscriber } = this.props.config;
    const { queue, deadLetterQueue } = this.messaging;
    const handler = this.addFunction('Subscriber', 'subscriber', {
      environment: { DEAD_LETTER_QUEUE_URL: deadLetterQueue.queueUrl },
    });
    deadLetterQueue.grantSendMessages(handler);
    handler.addEventSource(
      new SqsEventSource(queue, {
        batchSize: subscriber.batchSize,
        maxBatchingWindow: Duration.seconds(subscriber.batchWindowSeconds),
        maxConcurrency: subscriber.maximumConcurrency,
        reportBatchItemFailures: true,
      }),
    );
  }

  private addFunction(
    id: string,
    role: 'api' | 'subscriber',
    { environment, ...more }: { reservedConcurrency?: number; environment?: Record<string, string> },
  ) {
    const { stage, config, system, network, codeDirectory } = this.props;
    const names = systemNames(stage, system.name);
    const { cluster, secrets } = this.database;
    const bundled = new BundledFunction(this, id, {
      functionName: role === 'api' ? names.apiFunction : names.subscriberFunction,
      description: `${role} of ${system.name}`,
      entry: role,
      codeDirectory,
      memoryMiB: config[role].memoryMiB,
      timeoutMs: config[role].timeoutMs,
      environment: {
        HEADROOM_STAGE: stage,
        HEADROOM_SYSTEM: system.name,
        DATABASE_HOST: cluster.attrEndpointAddress,
        DATABASE_PORT: cluster.attrEndpointPort,
        DATABASE_NAME: databaseName(system.name),
        DATABASE_SECRET_ARN: secrets[role].secretArn,
        ...environment,
      },
      network: {
        vpc: network.vpc,
        subnets: network.appSubnets,
        securityGroups: [this.groups.latamChallenge, this.groups.dbIngress],
      },
      ...more,
    });
    this.database.grantLogin(role, bundled.function);
    return bundled.function;
  }

  private addAlarms(): void {
    const { stage, config, system } = this.props;
    addSystemAlarms(this, {
      stage,
      system: monitoredSystem(stage, system.name, {
        connectionLimit: connectionLimitOf(config),
        apiReservedConcurrency: config.api.reservedConcurrency,
      }),
      periodSeconds: config.periodSeconds,
      // Derived: the fleet's stack exports nothing.
      onCallTopicArn: this.formatArn({ service: 'sns', resource: fleetNames(stage).onCallTopic }),
      dashboardNames: dashboardNamesOf(stage),
      alarmNameOf: (id) => alarmName(stage, system.name, id),
      fleetAlarmArn: alarmArn(this, fleetAlarmName(stage, 'affected')),
    });
  }

  private publish({ api, url }: ClientApi): void {
    const { stage, config, system } = this.props;
    const names = systemNames(stage, system.name);
    const { cluster, secrets } = this.database;
    const { topic, queue, deadLetterQueue, undeliveredQueue } = this.messaging;
    publishSystemDocument(this, {
      schemaVersion: 1,
      stage,
      system: system.name,
      region: this.region,
      api: { id: api.restApiId, url, name: names.api },
      functions: { api: names.apiFunction, subscriber: names.subscriberFunction },
      topicArn: topic.topicArn,
      queues: {
        customers: { name: names.queue, url: queue.queueUrl },
        deadLetter: { name: names.deadLetterQueue, url: deadLetterQueue.queueUrl },
        undelivered: { name: names.undeliveredQueue, url: undeliveredQueue.queueUrl },
      },
      cluster: {
        identifier: names.cluster,
        database: databaseName(system.name),
        adminSecretArn: cluster.attrMasterPasswordSecretArn,
        apiSecretArn: secrets.api.secretArn,
        subscriberSecretArn: secrets.subscriber.secretArn,
        probeSecretArn: secrets.probe.secretArn,
        connectionLimit: connectionLimitOf(config),
        memoryMiB: clusterMemoryMiBOf(config),
      },
      securityGroups: {
        dbIngress: this.groups.dbIngress.securityGroupId,
        dbServers: this.groups.dbServers.securityGroupId,
        rule: {
          ipProtocol: 'tcp',
          port: config.database.port,
          sourceGroupId: this.groups.dbIngress.securityGroupId,
          description: databaseRuleDescription,
        },
      },
      logGroups: { api: logGroupName(names.apiFunction), subscriber: logGroupName(names.subscriberFunction) },
      expectedPeak: system.expectedPeak,
    });
  }
}
