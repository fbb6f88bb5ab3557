import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFleet, type FleetConfig } from '../../fleet/fleet.ts';
import { systemDocumentSchema } from '../../fleet/systemDocument.ts';
import { contract } from '../../service/contract.ts';
import { roughly, type Template } from '../rules/template.ts';
import { emptyFunctions, projectDirectory } from '../testing/emptyFunctions.ts';
import { expectedPeak, propertiesOf, templatesOf } from '../testing/templates.ts';

type Adopt = NonNullable<FleetConfig['systems'][number]['adopt']>;

const secret = (name: string) => `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}-a1B2c3`;

/** As the origin's: a topic that calls its function, no healthcheck, no reserved concurrency, 400 in an outage. */
const bare: Adopt = {
  apiUrl: 'https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod',
  apiName: 'prod-clients',
  functions: { api: 'get_client', subscriber: 'subscriber' },
  topicArn: 'arn:aws:sns:us-east-1:123456789012:items-topic',
  database: { identifier: 'warehouse' },
  auth: { by: 'none' },
};
/** With a healthcheck that asks for a key, and a user that may look. */
const watched: Adopt = {
  ...bare,
  apiName: 'prod-orders',
  healthcheckUrl: 'https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod/health',
  auth: { by: 'apiKey', secretArn: secret('orders/key') },
  database: {
    identifier: 'orders',
    database: 'orders',
    memoryMiB: 32_768,
    secrets: { probe: secret('orders/probe') },
  },
};

let directory: Awaited<ReturnType<typeof projectDirectory>>;
let mixed: Record<string, Template>;
let alone: Record<string, Template>;
let probed: Record<string, Template>;

beforeAll(async () => {
  directory = await projectDirectory();
  const entries = await emptyFunctions(directory.path);
  const templates = (name: string, systems: FleetConfig['systems']) =>
    templatesOf(directory.path, name, {
      fleet: parseFleet({
        service: contract,
        region: 'us-east-1',
        systems,
        stages: { prod: {}, local: {} },
        onCall: { emails: ['on-call@example.com'] },
      }),
      stages: ['prod'],
      entries,
    });
  mixed = await templates('mixed', [
    { name: 'own', expectedPeak },
    { name: 'legacy', adopt: watched, expectedPeak },
  ]);
  probed = await templates('probed', [{ name: 'legacy', adopt: watched, expectedPeak }]);
  alone = await templates('alone', [{ name: 'legacy', adopt: bare, expectedPeak }]);
});
afterAll(() => directory.remove());

const alarmsIn = (template: Template | undefined): string[] =>
  ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm']
    .flatMap((type) => propertiesOf(template, type).map(({ AlarmName }) => String(AlarmName)))
    .sort();

describe('the stack of an adopted system', () => {
  it('owns alarms and a document, and nothing of the system', () => {
    for (const template of [mixed['prod-legacy'], alone['prod-legacy']]) {
      expect(new Set(Object.values(template!.Resources).map(({ Type }) => Type))).toEqual(
        new Set(['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm', 'AWS::SSM::Parameter']),
      );
    }
  });

  it('has alarms by the names that its configuration gives, and none of what it does not name', () => {
    const alarms = alarmsIn(alone['prod-legacy']);
    expect(alarms).toEqual(
      expect.arrayContaining(['prod-legacy-databaseCpu', 'prod-legacy-errorRate', 'prod-legacy-page']),
    );
    for (const id of ['functionConcurrency', 'functionMemory', 'deadLetters', 'unhealthy', 'apiUnmeasured'])
      expect(alarms).not.toContain(`prod-legacy-${id}`);
    const text = JSON.stringify(propertiesOf(alone['prod-legacy'], 'AWS::CloudWatch::Alarm'));
    expect(text).toContain('"prod-clients"');
    expect(text).not.toMatch(/NaN|undefined|null/);
    const names = new Set(alarms);
    for (const { AlarmRule } of propertiesOf(alone['prod-legacy'], 'AWS::CloudWatch::CompositeAlarm')) {
      for (const [, named] of roughly(AlarmRule).matchAll(/alarm:(prod-legacy-[\w-]+)/g)) {
        expect(names).toContain(named);
      }
    }
  });

  it('publishes what the configuration says', () => {
    const [parameter] = propertiesOf(mixed['prod-legacy'], 'AWS::SSM::Parameter');
    const document = systemDocumentSchema.parse(JSON.parse(roughly(parameter!['Value'])));
    expect(document).toMatchObject({ adopted: true, api: { name: 'prod-orders' }, auth: { by: 'apiKey' } });
  });
});

describe('a stage', () => {
  it('asks the health of an adopted system by its own way in, and its database as its own user', () => {
    const policies = JSON.stringify(propertiesOf(mixed['prod-fleet'], 'AWS::IAM::Policy'));
    expect(policies).toContain(secret('orders/key'));
    expect(policies).toContain(secret('orders/probe'));
    expect(policies).toContain(':cluster:orders');
  });

  it('of adopted systems alone gives its probe no pattern of names, nor more than their databases need', () => {
    const statements = (fleet: Record<string, Template>) =>
      JSON.stringify(
        propertiesOf(fleet['prod-fleet'], 'AWS::IAM::Policy').filter(({ Roles }) =>
          JSON.stringify(Roles).includes('Probe'),
        ),
      );
    expect(statements(mixed)).toContain('prod-*-');
    expect(statements(mixed)).toContain('kms:ResourceAliases');
    const own = statements(probed);
    expect(own).toContain(':cluster:orders');
    expect(own).toContain('redshift-data:DescribeStatement');
    expect(own).not.toContain('prod-*-');
    expect(own).not.toContain('kms:ResourceAliases');
  });

  it('that builds no system has what watches, and no network, web ACL, canary or probe of nobody', () => {
    expect(Object.keys(alone).sort()).toEqual(['prod-fleet', 'prod-legacy']);
    const types = new Set(Object.values(alone['prod-fleet']!.Resources).map(({ Type }) => Type));
    expect([...types].filter((type) => /::(EC2|WAFv2|Redshift)::/.test(type))).toEqual([]);
    const functions = propertiesOf(alone['prod-fleet'], 'AWS::Lambda::Function');
    expect(functions.map(({ FunctionName }) => FunctionName)).toEqual(['prod-fleet-comparison']);
    expect(alarmsIn(alone['prod-fleet'])).toEqual([]);
    const bodies = propertiesOf(alone['prod-fleet'], 'AWS::CloudWatch::Dashboard').map(({ DashboardBody }) =>
      roughly(DashboardBody),
    );
    expect(bodies.join()).toContain('warehouse');
    expect(bodies.join()).not.toMatch(/NaN|undefined/);
  });
});
