import { describe, expect, it } from 'vitest';
import { contract } from '../../service/contract.ts';
import type { FleetConfigError } from '../errors.ts';
import {
  adoptedSystems,
  ownSystems,
  parseFleet,
  systemsOf,
  withSystems,
  type FleetConfig,
} from '../fleet.ts';
import { adoptedDocuments, monitoredSystems } from '../monitoredFleet.ts';
import { documentParts, fieldOf, fieldsMissing, systemDocumentSchema } from '../systemDocument.ts';

const expectedPeak = { requestsPerSecond: 30, messagesPerSecond: 5 };
type Adopt = NonNullable<FleetConfig['systems'][number]['adopt']>;

const fleetWith = (adopt: unknown) =>
  parseFleet({
    service: contract,
    region: 'us-east-1',
    systems: [
      { name: 'orders', expectedPeak },
      { name: 'legacy', adopt, expectedPeak },
    ],
    stages: { prod: {}, qa: {}, test: { runsOn: { stage: 'qa' } }, local: {} },
  });

const problemsOf = (adopt: unknown): string[] => {
  try {
    fleetWith(adopt);
    return [];
  } catch (error) {
    return (error as FleetConfigError).issues.map(({ field, problem }) => `${field}: ${problem}`);
  }
};

const apiUrl = 'https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod';
const secret = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/redshift/credentials-a1B2c3';
const everything: Adopt = {
  apiUrl,
  apiName: 'prod-clients',
  functions: { api: 'clients-prod-get_client', subscriber: 'clients-prod-subscriber' },
  reservedConcurrency: 20,
  subscriberMaximumConcurrency: 4,
  topicArn: 'arn:aws:sns:us-east-1:123456789012:items-topic',
  queues: {
    subscriber: 'https://sqs.us-east-1.amazonaws.com/123456789012/items',
    deadLetter: 'https://sqs.us-east-1.amazonaws.com/123456789012/items-dlq',
    undelivered: 'https://sqs.us-east-1.amazonaws.com/123456789012/items-unsent',
  },
  database: {
    identifier: 'warehouse',
    database: 'clients',
    connectionLimit: 500,
    memoryMiB: 32_768,
    users: { api: 'reader', subscriber: 'writer' },
    secrets: { admin: secret, api: secret, subscriber: secret, probe: secret },
  },
  securityGroups: { dbIngress: 'sg-0a', dbServers: 'sg-0b', rule: { port: 5439 } },
  logGroups: {
    api: '/aws/lambda/clients-prod-get_client',
    subscriber: '/aws/lambda/clients-prod-subscriber',
  },
  healthcheckUrl: `${apiUrl}/healthcheck`,
  errors: { metric: '4XXError' },
  auth: { by: 'apiKey', secretArn: secret },
};

describe('an adopted system', () => {
  it('lacks nothing where every field is given, and publishes what the configuration says', () => {
    const [document] = adoptedDocuments(fleetWith(everything), 'prod');
    expect(systemDocumentSchema.parse(document)).toEqual(document);
    expect(fieldsMissing(document!, documentParts)).toBe('');
    expect(document).toMatchObject({
      adopted: true,
      api: { id: 'a1b2c3d4e5', url: apiUrl, name: 'prod-clients' },
      queues: { deadLetter: { name: 'items-dlq' } },
      cluster: { identifier: 'warehouse', probeSecretArn: secret },
      securityGroups: { rule: { ipProtocol: 'tcp', port: 5439, sourceGroupId: 'sg-0a' } },
      auth: { by: 'apiKey', header: 'x-api-key' },
      errors: { metric: '4XXError' },
    });
  });

  it.each([
    ['prod-eu', 'prod-eu'],
    ['prod-eu/clients', 'prod-eu'],
    // API Gateway has no such name: part of it may be that of another stage.
    ['prod.eu', undefined],
  ])('takes the whole name of the stage in an API’s URL, or none: %s', (path, stage) => {
    const url = apiUrl.replace('prod', path);
    const [document] = adoptedDocuments(fleetWith({ apiUrl: url }), 'prod');
    expect(document!.api.stage).toBe(stage);
  });

  it('lacks by name whatever its configuration leaves out', () => {
    const [document] = adoptedDocuments(fleetWith({ apiUrl: 'https://clients.example' }), 'prod');
    expect(document).toEqual({
      schemaVersion: 1,
      stage: 'prod',
      system: 'legacy',
      region: 'us-east-1',
      adopted: true,
      api: { url: 'https://clients.example' },
      functions: {},
      expectedPeak,
    });
    expect(fieldsMissing(document!, documentParts).split(', ')).toEqual(documentParts.map(fieldOf));
    const monitored = monitoredSystems(fleetWith({ apiUrl }), 'prod').find(
      ({ system }) => system === 'legacy',
    );
    expect(monitored).toEqual({
      system: 'legacy',
      systemDimension: 'prod-legacy',
      engine: 'redshift',
      errors: { metric: '5XXError' },
      publishesOwnMetrics: false,
      hasHealthcheck: false,
      isCalledByTopic: false,
      isProbed: false,
    });
  });

  it('is on each stage with systems of its own but this machine’s, or on those that it names', () => {
    const onAll = fleetWith({ apiUrl });
    const namesOn = (stage: string) => systemsOf(onAll, stage).map(({ name }) => name);
    expect(namesOn('prod')).toEqual(['orders', 'legacy']);
    expect(namesOn('local')).toEqual(['orders']);
    expect(namesOn('test-1')).toEqual(['orders']);
    const onQa = fleetWith({
      apiName: 'all',
      stages: { qa: { apiUrl: 'https://qa.example', apiName: 'qa' } },
    });
    expect(systemsOf(onQa, 'prod').map(({ name }) => name)).toEqual(['orders']);
    expect(adoptedSystems(onQa, 'qa')).toMatchObject([
      { name: 'legacy', adoption: { apiUrl: 'https://qa.example', apiName: 'qa' } },
    ]);
  });

  it('is none of those that a stage of another size is made of', () => {
    const three = withSystems(fleetWith({ apiUrl }), 3);
    expect(three.systems.every(({ adopt }) => adopt === undefined)).toBe(true);
    expect(ownSystems(three)).toHaveLength(3);
  });

  it.each<[unknown, string]>([
    [{}, 'systems.1.adopt.apiUrl: expected the base URL of its API'],
    [{ apiUrl, stages: {} }, 'systems.1.adopt.stages: expected at least one stage'],
    [{ stages: { qa: {} } }, 'systems.1.adopt.stages.qa.apiUrl: expected the base URL of its API'],
    [
      { apiUrl, stages: { nowhere: {} } },
      'systems.1.adopt.stages.nowhere: expected a stage with systems of its own',
    ],
    [
      { apiUrl, stages: { test: {} } },
      'systems.1.adopt.stages.test: expected a stage with systems of its own',
    ],
    [
      { apiUrl: `${apiUrl}/` },
      'systems.1.adopt.apiUrl: expected the base URL of an API: http(s)://host/path',
    ],
    [
      { apiUrl, functions: { api: 'arn:aws:lambda:us-east-1:1:function:x' } },
      'systems.1.adopt.functions.api: expected the name of a function',
    ],
    [{ apiUrl, topicArn: 'items-topic' }, 'systems.1.adopt.topicArn: expected the ARN of a topic'],
    [
      { apiUrl, queues: { deadLetter: 'dlq' } },
      'systems.1.adopt.queues.deadLetter: expected the URL of a queue',
    ],
    [{ apiUrl, database: { identifier: 'x', engine: 'oracle' } }, 'systems.1.adopt.database.engine:'],
    [
      { apiUrl, database: { identifier: 'Warehouse' } },
      'systems.1.adopt.database.identifier: expected the identifier of a cluster or an instance: lower-case',
    ],
    [
      { apiUrl, database: { identifier: 'x', storageGiB: 100 } },
      'systems.1.adopt.database.storageGiB: expected none: Redshift itself reports',
    ],
    [
      { apiUrl, database: { engine: 'rds-postgresql', identifier: 'x', instances: ['x'] } },
      'systems.1.adopt.database.instances: expected none: only a cluster of Aurora',
    ],
    [
      { apiUrl, database: { engine: 'rds-postgresql', identifier: 'x', database: 'clients' } },
      'systems.1.adopt.database.database: expected none: Amazon RDS has no Data API',
    ],
    [
      { apiUrl, database: { engine: 'rds-postgresql', identifier: 'x', secrets: { probe: secret } } },
      'systems.1.adopt.database.secrets.probe: expected none: Amazon RDS has no Data API',
    ],
    [
      { apiUrl, database: { engine: 'aurora-postgresql', identifier: 'x', secrets: { admin: secret } } },
      'systems.1.adopt.database.secrets.admin: expected none: rows are counted',
    ],
    [
      { apiUrl, errors: { logPattern: 'ERROR' } },
      'systems.1.adopt.logGroups.api: expected the log group whose lines',
    ],
    [
      { stages: { qa: { apiUrl } }, errors: { logPattern: 'ERROR' } },
      'systems.1.adopt.stages.qa.logGroups.api: expected the log group whose lines',
    ],
    [{ apiUrl, apiStage: 'prod/v1' }, 'systems.1.adopt.apiStage: expected the name of a stage of a REST API'],
    [
      { apiUrl: 'https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod' },
      "systems.1.adopt.apiUrl: expected one in us-east-1, the fleet's region, and not in eu-west-1",
    ],
    [
      { apiUrl, topicArn: 'arn:aws:sns:eu-west-1:123456789012:items-topic' },
      "systems.1.adopt.topicArn: expected one in us-east-1, the fleet's region, and not in eu-west-1",
    ],
    [
      { apiUrl, queues: { deadLetter: 'https://sqs.sa-east-1.amazonaws.com/123456789012/dead' } },
      'systems.1.adopt.queues.deadLetter: expected one in us-east-1',
    ],
    [
      {
        stages: {
          qa: { apiUrl, auth: { by: 'apiKey', secretArn: secret.replace('us-east-1', 'us-west-2') } },
        },
      },
      'systems.1.adopt.stages.qa.auth.secretArn: expected one in us-east-1',
    ],
    [
      { apiUrl, database: { identifier: 'x', secrets: { admin: secret.replace('us-east-1', 'us-west-2') } } },
      'systems.1.adopt.database.secrets.admin: expected one in us-east-1',
    ],
    [{ apiUrl, auth: { by: 'bearerToken' } }, 'systems.1.adopt.auth.secretArn:'],
    [{ apiUrl, auth: { by: 'password' } }, "systems.1.adopt.auth.by: expected by: 'iam', 'apiKey'"],
    [{ apiUrl, errors: { metric: 'Errors' } }, "systems.1.adopt.errors: expected { metric: '5XXError'"],
    [
      { apiUrl, securityGroups: { dbIngress: 'group' } },
      'systems.1.adopt.securityGroups.dbIngress: expected the id',
    ],
  ])('with a mistake is refused by its field: %j', (adopt, problem) => {
    expect(problemsOf(adopt)).toContainEqual(expect.stringContaining(problem));
  });

  it('may be asked for its health wherever it is, and its role is of no region', () => {
    const elsewhere = 'https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod/health';
    const restoreRoleArn = 'arn:aws:iam::123456789012:role/restore';
    expect(problemsOf({ apiUrl, healthcheckUrl: elsewhere, restoreRoleArn })).toEqual([]);
  });

  it('has the stage of its API in AWS’s own name of it, and behind another name in a field alone', () => {
    const apiOf = (adopt: object) => adoptedDocuments(fleetWith(adopt), 'prod')[0]!.api;
    expect(apiOf({ apiUrl })).toMatchObject({ id: 'a1b2c3d4e5', stage: 'prod' });
    expect(apiOf({ apiUrl: 'https://clients.example/v1' })).toEqual({ url: 'https://clients.example/v1' });
    expect(apiOf({ apiUrl: 'https://clients.example', apiId: 'a1', apiStage: 'live' })).toEqual({
      url: 'https://clients.example',
      id: 'a1',
      stage: 'live',
    });
  });

  it('has a function and a queue that are no other system’s', () => {
    const both = (one: object, other: object) => () =>
      parseFleet({
        service: contract,
        region: 'us-east-1',
        systems: [
          { name: 'orders', expectedPeak },
          { name: 'legacy', adopt: one, expectedPeak },
          { name: 'copied', adopt: other, expectedPeak },
        ],
        stages: { prod: {}, qa: {}, local: {} },
      });
    const functions = { api: 'clients-prod-get_client' };
    expect(both({ apiUrl, functions }, { apiUrl: 'https://other.example', functions })).toThrow(
      'systems.2.adopt.functions.api: expected one that differs from that of legacy on stage "prod": clients-prod-get_client',
    );
    const subscriber = { functions: { subscriber: 'clients-prod-store' } };
    expect(both({ apiUrl, ...subscriber }, { apiUrl: 'https://other.example', ...subscriber })).toThrow(
      'systems.2.adopt.functions.subscriber: expected one that differs from that of legacy',
    );
    for (const [field, taken] of [
      ['functions.api', { functions: { api: 'prod-orders-api' } }],
      ['functions.subscriber', { functions: { subscriber: 'qa-orders-subscriber' } }],
      [
        'queues.subscriber',
        {
          queues: {
            subscriber: `https://sqs.us-east-1.amazonaws.com/111122223333/prod-orders-${contract.names.messages}`,
          },
        },
      ],
    ] as const) {
      expect(both({ apiUrl, ...taken }, { apiUrl: 'https://other.example' })).toThrow(
        `systems.1.adopt.${field}: expected one that differs from that of orders, which is built here`,
      );
    }
    const onQa = { stages: { qa: { apiUrl, functions } } };
    expect(both({ apiUrl, functions }, onQa)).toThrow(
      'systems.2.adopt.stages.qa.functions.api: expected one that differs',
    );
    expect(both({ stages: { prod: { apiUrl, functions } } }, onQa)).not.toThrow();
    const database = { identifier: 'warehouse' };
    expect(both({ apiUrl, database }, { apiUrl, database })).not.toThrow();
  });
});
