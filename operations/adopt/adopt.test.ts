import { describe, expect, it } from 'vitest';
import { adoptionSchema } from '../../fleet/adoption/adoptionSchema.ts';
import { adoptionOf } from './adoptionOf.ts';
import { factsInOutputs } from './facts.ts';

const account = '123456789012';
const terraform = {
  items_topic_arn: { value: `arn:aws:sns:us-east-1:${account}:items-topic`, type: 'string' },
  redshift_cluster_identifier: { value: 'latam', type: 'string' },
  redshift_admin_secret: {
    value: `arn:aws:secretsmanager:us-east-1:${account}:secret:prod/redshift/credentials-a1B2c3`,
    type: 'string',
  },
  db_password: { value: 'hunter2', type: 'string', sensitive: true },
  subnet_ids: { value: ['subnet-1', 'subnet-2'], type: ['list', 'string'] },
};
const serverless = {
  Outputs: [
    {
      OutputKey: 'ServiceEndpoint',
      OutputValue: 'https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod',
    },
    {
      OutputKey: 'ApiLambdaFunctionQualifiedArn',
      OutputValue: `arn:aws:lambda:us-east-1:${account}:function:latam-prod-api:7`,
    },
    {
      OutputKey: 'SubscriberLambdaFunctionQualifiedArn',
      OutputValue: `arn:aws:lambda:us-east-1:${account}:function:latam-prod-subscriber:7`,
    },
  ],
};
const factsOf = (...files: unknown[]) =>
  files.flatMap((file) => factsInOutputs(JSON.stringify(file), 'outputs.json'));

describe('headroom adopt', () => {
  it('puts together what Terraform and the Serverless Framework tell of one system', () => {
    const { adopt, missing, unused } = adoptionOf(factsOf(terraform, serverless));
    expect(adopt).toEqual({
      apiUrl: 'https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod',
      functions: { api: 'latam-prod-api', subscriber: 'latam-prod-subscriber' },
      topicArn: `arn:aws:sns:us-east-1:${account}:items-topic`,
      database: {
        engine: 'redshift',
        identifier: 'latam',
        secrets: { admin: expect.stringContaining('prod/redshift/credentials') },
      },
    });
    expect(adoptionSchema.safeParse(adopt).error).toBeUndefined();
    expect(missing).toContainEqual({
      field: 'adopt.queues.deadLetter',
      opens: 'messages given up: alarm, gate, redrive',
    });
    expect(unused.map(({ name }) => name)).toEqual(['subnet_ids', 'subnet_ids']);
  });

  it('knows an API whose stage has a hyphen in its name', () => {
    const url = 'https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod-eu';
    const { adopt } = adoptionOf(factsOf({ service_endpoint: { value: `${url}/`, type: 'string' } }));
    expect(adopt['apiUrl']).toBe(url);
  });

  it('takes what an output calls an instance for one of RDS', () => {
    const { adopt } = adoptionOf(
      factsOf({ db_instance_identifier: { value: 'clients-db', type: 'string' } }),
    );
    expect(adopt['database']).toEqual({ engine: 'rds-postgresql', identifier: 'clients-db' });
  });

  it('names what a kind of database may be given, and nothing that would be refused', () => {
    const admin = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:clients/admin-a1B2c3';
    const found = (outputs: Record<string, string>) => {
      const { adopt, missing } = adoptionOf(
        factsOf(
          Object.fromEntries(
            Object.entries(outputs).map(([name, value]) => [name, { value, type: 'string' }]),
          ),
        ),
      );
      const ofDatabase = missing.flatMap(({ field }) => /^adopt\.database\.(.+)$/.exec(field)?.[1] ?? []);
      return { database: adopt['database'], ofDatabase };
    };
    expect(found({ db_instance_identifier: 'clients-db', admin_secret: admin })).toEqual({
      database: { identifier: 'clients-db', engine: 'rds-postgresql' },
      ofDatabase: ['connectionLimit', 'memoryMiB', 'storageGiB'],
    });
    expect(found({ redshift_cluster_identifier: 'latam' }).ofDatabase).toEqual([
      'database',
      'connectionLimit',
      'memoryMiB',
      'secrets.probe',
      'secrets.admin',
    ]);
    expect(found({ subnet: 'subnet-1' }).ofDatabase).toEqual(['identifier']);
  });

  it('names what an API behind a name of its own does not tell, and nothing that its URL tells', () => {
    const fieldsFor = (...files: unknown[]) =>
      adoptionOf(factsOf(...files)).missing.map(({ field }) => field);
    expect(fieldsFor(terraform)).toEqual(expect.arrayContaining(['adopt.apiId', 'adopt.apiStage']));
    const told = fieldsFor(terraform, serverless);
    expect(told).not.toContain('adopt.apiId');
    expect(told).not.toContain('adopt.apiStage');
  });

  it('shows nothing that Terraform calls sensitive', () => {
    expect(JSON.stringify(adoptionOf(factsOf(terraform)))).not.toContain('hunter2');
  });

  it('takes none of several that could be one field', () => {
    const second = { other_topic: { value: `arn:aws:sns:us-east-1:${account}:invoices`, type: 'string' } };
    const { adopt, missing, unused } = adoptionOf(factsOf(terraform, second));
    expect(adopt).not.toHaveProperty('topicArn');
    expect(missing).toContainEqual({ field: 'adopt.topicArn', opens: 'messages in loads and drills' });
    expect(unused.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['items_topic_arn', 'other_topic']),
    );
  });

  it('tells queues apart by their names, and takes ARNs for them', () => {
    const arn = (name: string) => ({ [name]: `arn:aws:sqs:us-east-1:${account}:${name}` });
    const { adopt } = adoptionOf(
      factsOf({ stack: { ...arn('items'), ...arn('items-dlq'), ...arn('items-unsent') } }),
    );
    expect(adopt['queues']).toEqual({
      subscriber: `https://sqs.us-east-1.amazonaws.com/${account}/items`,
      deadLetter: `https://sqs.us-east-1.amazonaws.com/${account}/items-dlq`,
      undelivered: `https://sqs.us-east-1.amazonaws.com/${account}/items-unsent`,
    });
  });

  it.each([
    ['{', /^outputs.json is not JSON: /],
    ['{}', /^outputs.json has no outputs: expected the file of "terraform output -json"/],
  ])('refuses %j by the file’s name', (text, message) => {
    expect(() => factsInOutputs(text, 'outputs.json')).toThrow(message);
  });
});
