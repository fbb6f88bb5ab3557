import {
  AuthorizeSecurityGroupIngressCommand,
  EC2Client,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { PublishBatchCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { discoverSystems } from '../../fleet/discovery.ts';
import type { SystemDocument } from '../../fleet/systemDocument.ts';
import { signedFetch } from '../api/testing/signedFetch.ts';
import type { BootReport } from './bootResources.ts';
import { networkTemplate, systemTemplate } from './testing/miniTemplate.ts';
import { startTestStage, testCode, type TestStage } from './testing/stage.ts';

/**
 * Asks PostgreSQL whether it speaks TLS, the shortest conversation it has: "N". Says what it got as a
 * subscriber, and when the schedule called.
 */
const code = `
import { connect } from 'node:net';
export async function handler(event) {
  if (event.tick) return console.log('tick');
  if (process.env.NOTIFIED) return console.log('notified: ' + JSON.stringify(event));
  if (event.Records) return console.log('messages: ' + event.Records.map(({ body }) => body).join(','));
  const { DATABASE_HOST: host, DATABASE_PORT: port } = process.env;
  const answer = await new Promise((resolve) => {
    const socket = connect(Number(port), host);
    socket.setTimeout(300, () => { socket.destroy(); resolve('no answer'); });
    socket.on('error', (error) => resolve(error.code));
    socket.once('data', (chunk) => { socket.destroy(); resolve(chunk.toString()); });
    socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
  });
  return { statusCode: 200, body: JSON.stringify({ answer, password: process.env.PASSWORD }) };
}
`;

describe('bootResources', () => {
  let stage: TestStage;
  let report: BootReport;
  let system: SystemDocument;

  beforeAll(async () => {
    stage = await startTestStage(code);
    report = await stage.boot({ net: networkTemplate, system: systemTemplate });
    stage.platform.start();
    const ssm = new SSMClient(stage.clientOptions);
    [system] = (await discoverSystems(ssm, 'test')) as [SystemDocument];
    ssm.destroy();
  });
  afterAll(async () => {
    await stage.close();
    if (stage.errors.length > 0) throw stage.errors[0];
  });

  const getItem = async (): Promise<{ answer: string; password: string }> =>
    (await signedFetch(`${system.api.url}/getItem?item_id=1`)).json() as never;

  it('publishes a document that leads to where the stage is', () => {
    expect(system.api.url).toBe(`${stage.platform.context.api.url}/${system.api.id}/v1`);
    expect(system.queues.subscriber.url).toContain(stage.clientOptions.endpoint);
    expect(system.topicArn).toBe('arn:aws:sns:us-east-1:000000000000:test-topic');
    expect(JSON.parse(stage.state.secrets.get(system.cluster.adminSecretArn).secretString)).toEqual({
      username: stage.postgres.adminUser,
      password: stage.postgres.adminPassword,
    });
  });

  it('serves the API from its function, which reaches the database through the security groups', async () => {
    const { answer, password } = await getItem();
    expect(answer).toBe('N');
    expect(stage.platform.context.securityGroupProxy.counts.allowed).toBeGreaterThan(0);
    // The secret as the function's environment resolved it, generated as the template asks.
    const secret = JSON.parse(stage.state.secrets.get('test-api-secret').secretString) as object;
    expect(secret).toEqual({ username: 'system_01_api', password });
    expect(password).toMatch(/^[d-zA-Z0-9]{24}$/);
  });

  it("checks signature and parameters, and answers with the template's own responses", async () => {
    const response = await signedFetch(`${system.api.url}/getItem`);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toEqual({ detail: 'Missing required request parameters: [item_id]' });
    expect((await fetch(`${system.api.url}/getItem?item_id=1`)).status).toBe(403);
  });

  it('cuts the function off when the rule is revoked, and lets it in again', async () => {
    const ec2 = new EC2Client(stage.clientOptions);
    const { rule, dbServers } = system.securityGroups;
    const permission = {
      GroupId: dbServers,
      IpPermissions: [
        {
          IpProtocol: rule.ipProtocol,
          FromPort: rule.port,
          ToPort: rule.port,
          UserIdGroupPairs: [{ GroupId: rule.sourceGroupId, Description: rule.description }],
        },
      ],
    };
    await ec2.send(new RevokeSecurityGroupIngressCommand(permission));
    expect((await getItem()).answer).toBe('no answer');
    await ec2.send(new AuthorizeSecurityGroupIngressCommand(permission));
    expect((await getItem()).answer).toBe('N');
    ec2.destroy();
  });

  it('hands what is published to the subscriber, raw', async () => {
    const sns = new SNSClient(stage.clientOptions);
    await sns.send(new PublishCommand({ TopicArn: system.topicArn, Message: 'hola' }));
    const { logs } = stage.platform.context.functions;
    await vi.waitFor(
      () => expect(logs.tail('test-subscriber').map(({ message }) => message)).toContain('messages: hola'),
      { timeout: 5_000 },
    );
    sns.destroy();
  });

  it('invokes a function that is subscribed to the topic, with one message an event', async () => {
    const sns = new SNSClient(stage.clientOptions);
    const { TopicArn, entries } = {
      TopicArn: system.topicArn,
      entries: ['one', 'two'].map((Message, index) => ({ Id: String(index), Message })),
    };
    const kind = { DataType: 'String', StringValue: 'new' };
    await sns.send(new PublishCommand({ TopicArn, Message: 'ñ', Subject: 'S', MessageAttributes: { kind } }));
    const { Successful = [] } = await sns.send(
      new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: entries }),
    );
    const { logs } = stage.platform.context.functions;
    const notified = () =>
      logs.tail('test-notified').flatMap(({ message }) => {
        const text = /^notified: (.*)$/.exec(message)?.[1];
        return text === undefined ? [] : [JSON.parse(text) as { Records: [{ Sns: { Message: string } }] }];
      });
    const told = (text: string) => notified().find(({ Records: [{ Sns }] }) => Sns.Message === text);
    await vi.waitFor(() => expect([told('ñ'), told('one'), told('two')]).not.toContain(undefined), 5_000);
    expect(told('ñ')).toEqual({
      Records: [
        {
          EventVersion: '1.0',
          EventSource: 'aws:sns',
          EventSubscriptionArn: expect.stringMatching(/^arn:aws:sns:us-east-1:000000000000:test-topic:/),
          Sns: {
            Type: 'Notification',
            MessageId: expect.any(String),
            TopicArn,
            Subject: 'S',
            Message: 'ñ',
            Timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
            SignatureVersion: '1',
            Signature: expect.any(String),
            SigningCertUrl: expect.stringMatching(/^https:/),
            UnsubscribeUrl: expect.stringMatching(/^https:/),
            MessageAttributes: { kind: { Type: 'String', Value: 'new' } },
          },
        },
      ],
    });
    expect(told('two')!.Records[0].Sns).toMatchObject({
      Subject: null,
      MessageAttributes: {},
      MessageId: Successful.find(({ Id }) => Id === '1')?.MessageId,
    });
    sns.destroy();
  });

  it('asks for the key that Secrets Manager has made, where a method asks for one', async () => {
    const statusWith = async (key: string): Promise<number> =>
      (await fetch(`${system.api.url}/keyed`, { headers: { 'x-api-key': key } })).status;
    const key = stage.state.secrets.get('test-api-key').secretString;
    expect([await statusWith(key), await statusWith(key.toLowerCase())]).toEqual([200, 403]);
    expect((await fetch(`${system.api.url}/keyed`)).status).toBe(403);
  });

  it('tells of the stack through CloudFormation', () => {
    const { arn, resources } = stage.state.stacks.get('system');
    expect(arn).toBe('arn:aws:cloudformation:us-east-1:000000000000:stack/system/local');
    expect(resources).toContainEqual({
      logicalId: 'Cluster',
      physicalId: 'test-system-01-items',
      type: 'AWS::Redshift::Cluster',
    });
    const { outputs } = stage.state.stacks.get('net');
    expect(outputs.map(({ key, exportName }) => [key, exportName])).toEqual([
      ['Vpc', 'net:Vpc'],
      ['Key', undefined],
    ]);
  });

  it('runs the schedule', async () => {
    const { logs } = stage.platform.context.functions;
    await vi.waitFor(
      () => expect(logs.tail('test-subscriber').map(({ message }) => message)).toContain('tick'),
      { timeout: 5_000 },
    );
  });

  it('makes the database with the connection limit of the document', async () => {
    const { host, port, adminUser, adminPassword } = stage.postgres;
    const client = new Client({
      host,
      port,
      user: adminUser,
      password: adminPassword,
      database: 'system_01',
    });
    await client.connect();
    const { rows } = await client.query(
      'SELECT datconnlimit FROM pg_database WHERE datname = current_database()',
    );
    await client.end();
    expect(rows).toEqual([{ datconnlimit: 7 }]);
  });

  it('keeps alarms and dashboards, and says what came to no life', () => {
    const [alarm] = stage.state.alarms.all();
    expect(alarm?.definition.properties).toMatchObject({
      AlarmName: 'test-cpu',
      Dimensions: [{ Name: 'ClusterIdentifier', Value: 'test-system-01-items' }],
      AlarmActions: [system.topicArn],
    });
    expect(JSON.parse(stage.platform.context.dashboards.get('test-board') ?? '')).toEqual({
      widgets: [],
      region: 'us-east-1',
    });
    expect(report.inert).toContainEqual({
      type: 'AWS::EC2::VPC',
      reason: expect.stringContaining('one machine has no subnets'),
      count: 1,
    });
  });

  const boot = (Resources: Record<string, unknown>): Promise<BootReport> =>
    stage.boot({ bad: { Resources } });
  const functionWith = (extra: Record<string, unknown>) => ({
    Type: 'AWS::Lambda::Function',
    Properties: { Code: testCode, Handler: 'index.handler', Runtime: 'nodejs24.x', ...extra },
  });
  const cluster = {
    Type: 'AWS::Redshift::Cluster',
    Properties: {
      ClusterIdentifier: 'orphan',
      DBName: 'orphan',
      VpcSecurityGroupIds: ['sg-1'],
      ManageMasterPassword: true,
    },
  };

  it.each<[string, Record<string, unknown>, string[]]>([
    ['a type it does not know', { Thing: { Type: 'AWS::S3::Bucket' } }, ['bad/Thing', 'AWS::S3::Bucket']],
    [
      'a property it does not know',
      { Fn: functionWith({ Layers: ['arn'] }) },
      ['bad/Fn', 'AWS::Lambda::Function', 'Layers'],
    ],
    [
      'a value it cannot use',
      { Fn: functionWith({ Runtime: 'python3.13' }) },
      ['bad/Fn', 'Runtime', 'nodejs24.x'],
    ],
    ['code it cannot find', { Fn: functionWith({ Code: { S3Bucket: 'b', S3Key: 'k' } }) }, ['bad/Fn', 'b/k']],
    ['a condition', { Fn: { ...functionWith({}), Condition: 'InChina' } }, ['bad/Fn', 'InChina']],
    [
      'an expression that leads nowhere',
      { Fn: functionWith({ Role: { Ref: 'Absent' } }) },
      ['bad/Fn', 'nothing is named "Absent"'],
    ],
    [
      'an attribute it does not have',
      {
        Queue: { Type: 'AWS::SQS::Queue' },
        Fn: functionWith({ Role: { 'Fn::GetAtt': ['Queue', 'Colour'] } }),
      },
      ['bad/Fn', 'Queue has no attribute "Colour"'],
    ],
    [
      'a circle',
      { A: { ...functionWith({}), DependsOn: ['B'] }, B: { ...functionWith({}), DependsOn: ['A'] } },
      ['bad', 'A -> B -> A'],
    ],
    [
      'an endpoint read by anything but a function',
      {
        Cluster: cluster,
        Parameter: {
          Type: 'AWS::SSM::Parameter',
          Properties: { Type: 'String', Value: { 'Fn::GetAtt': ['Cluster', 'Endpoint.Port'] } },
        },
      },
      ['bad/Parameter', 'Endpoint'],
    ],
    ['a cluster that no system names', { Cluster: cluster }, ['bad/Cluster', '"orphan"', 'connection limit']],
    [
      'a schedule it cannot run',
      {
        Fn: functionWith({}),
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: {
            ScheduleExpression: 'cron(0 9 * * ? *)',
            Targets: [{ Id: 'T', Arn: { 'Fn::GetAtt': ['Fn', 'Arn'] } }],
          },
        },
      },
      ['bad/Rule', 'cron(0 9 * * ? *)'],
    ],
    [
      'a batch that Lambda would not gather',
      {
        Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'batched' } },
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
            FunctionName: 'test-subscriber',
            BatchSize: 11,
          },
        },
      },
      ['bad/Mapping', 'BatchSize', 'MaximumBatchingWindowInSeconds'],
    ],
    [
      'an alarm that could never fire',
      { Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { Threshold: 80 } } },
      ['bad/Alarm', 'EvaluationPeriods'],
    ],
    [
      'a name that a resource of another stack has',
      { Fn: functionWith({ FunctionName: 'test-api' }) },
      ['bad/Fn', 'AWS::Lambda::Function', 'expected another name than test-api, which '],
    ],
    [
      'a name that another of its own has',
      {
        A: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'same' } },
        B: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'same' } },
      },
      ['bad/B', 'AWS::SQS::Queue', 'which bad/A has'],
    ],
    [
      'a secret that is not there',
      {
        Fn: functionWith({
          Environment: {
            Variables: { PASSWORD: '{{resolve:secretsmanager:prod/db:SecretString:password}}' },
          },
        }),
      },
      ['bad/Fn', '{{resolve:secretsmanager:prod/db:SecretString:password}}', 'no such secret'],
    ],
    // Last: it stays among the stage's alarms.
    [
      'a composite alarm of alarms that are not there',
      {
        Page: {
          Type: 'AWS::CloudWatch::CompositeAlarm',
          Properties: { AlarmName: 'page', AlarmRule: 'ALARM("absent")' },
        },
      },
      ['"page" refers to "absent"'],
    ],
  ])('refuses %s, by name', async (_case, resources, mentions) => {
    const error = await boot(resources).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toHaveProperty('name', 'TemplateError');
    for (const mention of mentions) expect(error).toHaveProperty('message', expect.stringContaining(mention));
  });
});
