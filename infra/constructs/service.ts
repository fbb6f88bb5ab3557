import { Duration, Stack } from 'aws-cdk-lib';
import type { ISecurityGroup, ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import type { StageConfig, System } from '../../fleet/fleet.ts';
import { placeholders } from '../../fleet/serviceSchema.ts';
import type { ServiceDefinition } from '../../fleet/service.ts';
import { databaseName, systemNames } from '../../fleet/names.ts';
import { addStatements } from './acknowledge.ts';
import { BundledFunction } from './bundledFunction.ts';
import { SystemApi, type SystemApiProps } from './systemApi.ts';
import { grantLogin } from './grantLogin.ts';
import type { Messaging } from './messaging.ts';

/** The way to a system's database, wherever it was made. */
export interface DatabaseAccess {
  host: string;
  port: string;
  /** Left out: the database's own schema. */
  schema?: string;
  /** Secrets Manager ARNs, by the role that logs in with them. */
  secretArns: Readonly<Record<'api' | 'subscriber', string>>;
  /** Key of the secrets. */
  keyArn: string;
}

export interface ServiceProps {
  service: ServiceDefinition;
  stage: string;
  config: StageConfig;
  system: System;
  database: DatabaseAccess;
  messaging: Messaging;
  /** Where the functions are, and what they wear: their own group, and the one that may reach the database. */
  network: { vpc: IVpc; subnets: ISubnet[]; securityGroups: ISecurityGroup[] };
  webAclArn: string;
  /** What a private API answers to. */
  apiEndpoint?: SystemApiProps['apiEndpoint'];
  /** Directory of the functions' bundle. */
  codeDirectory: string;
}

/** A system's two functions, with what calls them: the API, and the queue. */
export class Service extends Construct {
  readonly api: SystemApi;

  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id);
    const { service, stage, config, system, messaging, webAclArn, apiEndpoint } = props;
    const subscriber = this.addFunction(props, 'subscriber', {
      environment: { DEAD_LETTER_QUEUE_URL: messaging.deadLetterQueue.queueUrl },
    });
    messaging.grantDeadLetters(subscriber.role);
    subscriber.function.addEventSource(
      new SqsEventSource(messaging.queue, {
        batchSize: config.subscriber.batchSize,
        maxBatchingWindow: Duration.seconds(config.subscriber.batchWindowSeconds),
        maxConcurrency: config.subscriber.maximumConcurrency,
        reportBatchItemFailures: true,
      }),
    );
    const handler = this.addFunction(props, 'api', { reservedConcurrency: config.api.reservedConcurrency });
    // Its id is in the logical ids of what is deployed: another one would make other APIs.
    this.api = new SystemApi(this, 'ClientApi', {
      service,
      stage,
      config,
      system,
      handler: handler.function,
      webAclArn,
      secretsKey: Key.fromKeyArn(this, 'SecretsKey', props.database.keyArn),
      ...(apiEndpoint && { apiEndpoint }),
    });
  }

  private addFunction(
    { service, stage, config, system, database, messaging, network, codeDirectory }: ServiceProps,
    role: 'api' | 'subscriber',
    { environment, ...more }: { reservedConcurrency?: number; environment?: Record<string, string> },
  ) {
    const names = systemNames(service, stage, system.name);
    const { host, port, schema, secretArns, keyArn } = database;
    const publishes = service.publishes.includes(role);
    const bundled = new BundledFunction(this, role === 'api' ? 'ApiFunction' : 'Subscriber', {
      functionName: role === 'api' ? names.apiFunction : names.subscriberFunction,
      description: `${role} of ${system.name}`,
      entry: role,
      codeDirectory,
      memoryMiB: config[role].memoryMiB,
      timeoutMs: config[role].timeoutMs,
      environment: {
        HEADROOM_STAGE: stage,
        HEADROOM_SYSTEM: system.name,
        DATABASE_HOST: host,
        DATABASE_PORT: port,
        DATABASE_NAME: databaseName(system.name),
        ...(schema !== undefined && { DATABASE_SCHEMA: schema }),
        DATABASE_SECRET_ARN: secretArns[role],
        METRICS_PERIOD_SECONDS: String(config.periodSeconds),
        ...(publishes && { TOPIC_ARN: messaging.topic.topicArn }),
        ...environment,
        ...service.environment,
      },
      network,
      ...more,
    });
    grantLogin(bundled.role, { secretArn: secretArns[role], keyArn });
    if (publishes) messaging.grantPublish(bundled.role);
    const own = service.permissions[role].map(({ patternReason, ...statement }) => ({
      ...statement,
      resources: statement.resources.map((resource) => this.filledIn(resource, stage, system.name)),
      ...(patternReason !== undefined && { patternReason }),
    }));
    addStatements(bundled.role, own);
    return bundled;
  }

  /** A resource of the contract's as this system has it. */
  private filledIn(resource: string, stage: string, system: string): string {
    const { partition, region, account } = Stack.of(this);
    const own = { partition, region, account, stage, system };
    return placeholders.reduce((filled, name) => filled.replaceAll(`{${name}}`, own[name]), resource);
  }
}
