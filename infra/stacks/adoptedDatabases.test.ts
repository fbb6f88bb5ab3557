import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseExpression } from '../../cloudwatch/mathExpression.ts';
import { parseFleet } from '../../fleet/fleet.ts';
import { contract } from '../../service/contract.ts';
import type { Template } from '../rules/template.ts';
import { emptyFunctions, projectDirectory } from '../testing/emptyFunctions.ts';
import { expectedPeak, propertiesOf, templatesOf } from '../testing/templates.ts';

const apiUrl = 'https://clients.example/prod';
const secret = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:clients-a1B2c3';
const sizes = { connectionLimit: 400, memoryMiB: 16_384, storageGiB: 100 };

const fleet = parseFleet({
  service: contract,
  region: 'us-east-1',
  systems: [
    {
      name: 'orders',
      expectedPeak,
      adopt: {
        apiUrl,
        apiName: 'orders',
        logGroups: { api: '/aws/lambda/orders' },
        errors: { logPattern: '"connection refused"' },
        database: { engine: 'rds-postgresql', identifier: 'orders-db', ...sizes },
      },
    },
    {
      name: 'clients',
      expectedPeak,
      adopt: {
        apiUrl,
        apiName: 'clients',
        errors: { metric: '4XXError' },
        database: {
          engine: 'aurora-postgresql',
          identifier: 'clients-db',
          database: 'clients',
          ...sizes,
          secrets: { probe: secret },
        },
      },
    },
  ],
  stages: { prod: { account: '123456789012' }, local: {} },
  onCall: { emails: ['on-call@example.com'] },
});

let directory: Awaited<ReturnType<typeof projectDirectory>>;
let templates: Record<string, Template>;
beforeAll(async () => {
  directory = await projectDirectory();
  templates = await templatesOf(directory.path, 'adopted', {
    fleet,
    stages: ['prod'],
    entries: await emptyFunctions(directory.path),
    validate: false,
  });
});
afterAll(() => directory.remove());

describe('a stage of systems over PostgreSQL that exist already', () => {
  it('counts the failed answers of a system by its log, and leaves the log alone', () => {
    const [filter, ...others] = propertiesOf(templates['prod-orders'], 'AWS::Logs::MetricFilter');
    expect(others).toEqual([]);
    expect(filter).toEqual({
      FilterName: 'headroom-prod-orders',
      LogGroupName: '/aws/lambda/orders',
      FilterPattern: '"connection refused"',
      MetricTransformations: [
        {
          MetricNamespace: 'Headroom',
          MetricName: 'LoggedErrors-prod-orders',
          MetricValue: '1',
          DefaultValue: 0,
          Unit: 'Count',
        },
      ],
    });
    expect(propertiesOf(templates['prod-clients'], 'AWS::Logs::MetricFilter')).toEqual([]);
    for (const stack of ['prod-orders', 'prod-clients']) {
      const types = new Set(Object.values(templates[stack]!.Resources).map(({ Type }) => Type));
      expect([...types].filter((type) => !/::(CloudWatch|SSM|Logs::MetricFilter)/.test(type))).toEqual([]);
    }
  });

  it('lets the probe ask Aurora, and expects an answer of no other database', () => {
    const statements = propertiesOf(templates['prod-fleet'], 'AWS::IAM::Policy').flatMap(
      ({ PolicyDocument }) =>
        (PolicyDocument as { Statement: { Action: unknown; Resource: unknown }[] }).Statement,
    );
    const asks = statements.filter(({ Action }) => JSON.stringify(Action).includes('rds-data'));
    // Whose answers come at once, so that it asks for none afterwards.
    expect(JSON.stringify(statements)).not.toContain('redshift-data:');
    expect(asks).toHaveLength(1);
    expect(asks[0]!.Action).toBe('rds-data:ExecuteStatement');
    expect(JSON.stringify(asks[0]!.Resource)).toContain(':rds:us-east-1:123456789012:cluster:clients-db');
    const unanswered = propertiesOf(templates['prod-fleet'], 'AWS::CloudWatch::Alarm').find(
      ({ AlarmName }) => AlarmName === 'prod-fleet-databasesUnanswered',
    );
    expect(unanswered).toMatchObject({ Threshold: 1, ComparisonOperator: 'LessThanThreshold' });
  });

  it('draws what is used of them, by expressions that CloudWatch can read', () => {
    const bodies = propertiesOf(templates['prod-fleet'], 'AWS::CloudWatch::Dashboard').map(
      ({ DashboardBody }) => JSON.stringify(DashboardBody),
    );
    const drawn = bodies.join('');
    for (const metric of [
      'FreeableMemory',
      'FreeStorageSpace',
      'FreeLocalStorage',
      'LoggedErrors-prod-orders',
    ])
      expect(drawn).toContain(metric);
    const expressions = [...drawn.matchAll(/\\+"expression\\+":\\+"(.*?)\\+"/g)].map(([, text = '']) => text);
    expect(expressions).toContain(`100 - 100 * m0 / ${16_384 * 1_024 ** 2}`);
    expect(expressions).toContain('IF(requests0 > 0, it0 / requests0)');
    expect(expressions).toContain('it1 + serverErrors1');
    for (const expression of expressions) expect(() => parseExpression(expression)).not.toThrow();
    // Of a queue for statements PostgreSQL has none; whom the probe asks has locks to wait for.
    expect(drawn).not.toContain('AWS/Redshift');
  });
});
