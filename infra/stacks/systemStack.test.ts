import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemDocumentSchema } from '../../fleet/systemDocument.ts';
import { withSystems } from '../../fleet/fleet.ts';
import { contract } from '../../service/contract.ts';
import { roughly, type Template } from '../rules/template.ts';
import { emptyFunctions, projectDirectory } from '../testing/emptyFunctions.ts';
import { exampleFleet, expectedPeak, propertiesOf, resourcesOf, templatesOf } from '../testing/templates.ts';

const { cluster: clusterKind, messages } = contract.names;
const required = contract.routes.flatMap(({ requiredQuery = [] }) => requiredQuery);

let directory: Awaited<ReturnType<typeof projectDirectory>>;
let prod: Record<string, Template>;
let local: Record<string, Template>;

beforeAll(async () => {
  directory = await projectDirectory();
  const common = {
    fleet: withSystems(exampleFleet, 1),
    entries: await emptyFunctions(directory.path),
    validate: false,
  };
  prod = await templatesOf(directory.path, 'prod', { ...common, stages: ['prod'] });
  local = await templatesOf(directory.path, 'local', { ...common, stages: ['local'] });
});
afterAll(() => directory.remove());

describe('a system', () => {
  const system = () => prod['prod-orders'];
  const documentOf = (template: Template | undefined): unknown =>
    JSON.parse(roughly(propertiesOf(template, 'AWS::SSM::Parameter')[0]!['Value']));

  it('lets nothing reach the database but db-ingress, on the database port', () => {
    const groups = resourcesOf(system(), 'AWS::EC2::SecurityGroup');
    expect(groups.map(([, { GroupName }]) => GroupName)).toEqual([
      'prod-orders-db-ingress',
      'prod-orders-db-servers',
      'prod-orders-latam-challenge',
    ]);
    const [ingress, servers] = groups.map(([id]) => id);
    for (const [, group] of groups) expect(group).not.toHaveProperty('SecurityGroupIngress');
    expect(propertiesOf(system(), 'AWS::EC2::SecurityGroupIngress')).toEqual([
      {
        Description: 'Database port from db-ingress',
        IpProtocol: 'tcp',
        FromPort: 5439,
        ToPort: 5439,
        GroupId: { 'Fn::GetAtt': [servers, 'GroupId'] },
        SourceSecurityGroupId: { 'Fn::GetAtt': [ingress, 'GroupId'] },
      },
    ]);
    const [cluster] = propertiesOf(system(), 'AWS::Redshift::Cluster');
    expect(cluster!['VpcSecurityGroupIds']).toEqual([{ 'Fn::GetAtt': [servers, 'GroupId'] }]);
  });

  it('keeps the database encrypted, private, relocatable, its admin password managed', () => {
    expect(propertiesOf(system(), 'AWS::Redshift::Cluster')).toEqual([
      expect.objectContaining({
        ClusterIdentifier: `prod-orders-${clusterKind}`,
        Encrypted: true,
        KmsKeyId: { 'Fn::ImportValue': expect.stringContaining('DataKey') },
        PubliclyAccessible: false,
        ManageMasterPassword: true,
        AvailabilityZoneRelocation: true,
        Port: 5439,
      }),
    ]);
    expect(propertiesOf(system(), 'AWS::Redshift::Cluster')[0]).not.toHaveProperty('MasterUserPassword');
  });

  it('gives each database user a secret of its own', () => {
    const templates = propertiesOf(system(), 'AWS::SecretsManager::Secret').map(
      ({ Name, GenerateSecretString }) => [
        Name,
        (GenerateSecretString as { SecretStringTemplate: string }).SecretStringTemplate,
      ],
    );
    expect(templates).toEqual([
      ['prod-orders-db-api', '{"username":"orders_api"}'],
      ['prod-orders-db-subscriber', '{"username":"orders_subscriber"}'],
      ['prod-orders-db-probe', '{"username":"orders_probe"}'],
    ]);
  });

  it('encrypts topic and queues, with a key each', () => {
    const keyOf = (properties: Record<string, unknown>) =>
      (properties['KmsMasterKeyId'] as { 'Fn::ImportValue': string })['Fn::ImportValue'];
    const queues = propertiesOf(system(), 'AWS::SQS::Queue').map(keyOf);
    const topics = propertiesOf(system(), 'AWS::SNS::Topic').map(keyOf);
    expect(queues).toHaveLength(3);
    expect(new Set(queues).size).toBe(1);
    expect(queues[0]).toContain('QueuesKey');
    expect(topics).toEqual([expect.stringContaining('TopicsKey')]);
  });

  it('keeps a message through an outage of 45 minutes, and one that SNS cannot deliver', () => {
    const queue = propertiesOf(system(), 'AWS::SQS::Queue').find(
      ({ QueueName }) => QueueName === `prod-orders-${messages}`,
    )!;
    const { maxReceiveCount } = queue['RedrivePolicy'] as { maxReceiveCount: number };
    expect((queue['VisibilityTimeout'] as number) * maxReceiveCount).toBeGreaterThanOrEqual(45 * 60);
    const [subscription] = propertiesOf(system(), 'AWS::SNS::Subscription');
    expect(subscription).toMatchObject({
      Protocol: 'sqs',
      RawMessageDelivery: true,
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': [expect.stringContaining('Undelivered'), 'Arn'] },
      },
    });
  });

  it('feeds the subscriber in bounded batches whose failures come back one by one', () => {
    expect(propertiesOf(system(), 'AWS::Lambda::EventSourceMapping')).toEqual([
      expect.objectContaining({
        BatchSize: 100,
        MaximumBatchingWindowInSeconds: 1,
        ScalingConfig: { MaximumConcurrency: 2 },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      }),
    ]);
  });

  it('runs both functions in the app subnets with both groups, and exactly the variables they read', () => {
    const functions = propertiesOf(system(), 'AWS::Lambda::Function');
    const byName = Object.fromEntries(
      functions.map((properties) => [properties['FunctionName'], properties]),
    );
    const shared = ['DATABASE_HOST', 'DATABASE_NAME', 'DATABASE_PORT', 'DATABASE_SECRET_ARN'].concat(
      'HEADROOM_STAGE',
      'HEADROOM_SYSTEM',
      'METRICS_PERIOD_SECONDS',
    );
    const variables = (name: string) =>
      Object.keys((byName[name]!['Environment'] as { Variables: object }).Variables).sort();
    expect(variables('prod-orders-api')).toEqual(shared);
    expect(variables('prod-orders-subscriber')).toEqual([...shared, 'DEAD_LETTER_QUEUE_URL'].sort());
    expect(byName['prod-orders-api']).toMatchObject({ ReservedConcurrentExecutions: 10, Timeout: 10 });
    const groupIds = resourcesOf(system(), 'AWS::EC2::SecurityGroup').map(([id]) => id);
    for (const properties of functions) {
      expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
      const { SecurityGroupIds, SubnetIds } = properties['VpcConfig'] as Record<string, unknown[]>;
      expect(SecurityGroupIds).toEqual([
        { 'Fn::GetAtt': [groupIds[2], 'GroupId'] },
        { 'Fn::GetAtt': [groupIds[0], 'GroupId'] },
      ]);
      expect(JSON.stringify(SubnetIds).match(/VpcappSubnet/g)).toHaveLength(3);
    }
  });

  it('lets each function read its own password, decryption included, and no other', () => {
    for (const role of ['api', 'subscriber']) {
      const policy = propertiesOf(system(), 'AWS::IAM::Policy')
        .map(({ PolicyDocument }) => PolicyDocument as { Statement: Record<string, unknown>[] })
        .find(({ Statement }) => JSON.stringify(Statement).includes(`function:prod-orders-${role}`))!;
      const allowed = (action: string) =>
        policy.Statement.filter(
          ({ Action, Effect }) => Effect === 'Allow' && [Action].flat().includes(action),
        );
      expect(allowed('secretsmanager:GetSecretValue').map(({ Resource }) => Resource)).toEqual([
        { Ref: expect.stringContaining(`Secret${role}`) },
      ]);
      const dataKey = { 'Fn::ImportValue': expect.stringContaining('DataKey') };
      expect(allowed('kms:Decrypt').map(({ Resource }) => Resource)).toContainEqual(dataKey);
    }
  });

  it('authorises every method with IAM and asks for the parameters that a route requires', () => {
    const methods = propertiesOf(system(), 'AWS::ApiGateway::Method');
    expect(methods).toHaveLength(2);
    for (const method of methods)
      expect(method).toMatchObject({ AuthorizationType: 'AWS_IAM', HttpMethod: 'GET' });
    const validated = methods.filter((method) => 'RequestValidatorId' in method);
    expect(validated.map((method) => method['RequestParameters'])).toEqual([
      Object.fromEntries(required.map((name) => [`method.request.querystring.${name}`, true])),
    ]);
    const [stage] = propertiesOf(system(), 'AWS::ApiGateway::Stage');
    expect(stage!['MethodSettings']).toEqual([
      expect.objectContaining({ ThrottlingRateLimit: 60, ThrottlingBurstLimit: 60 }),
    ]);
  });

  it('answers with problems where API Gateway answers by itself', () => {
    const responses = propertiesOf(system(), 'AWS::ApiGateway::GatewayResponse');
    expect(responses.map(({ ResponseType }) => ResponseType)).toEqual(
      expect.arrayContaining([
        'MISSING_AUTHENTICATION_TOKEN',
        'THROTTLED',
        'WAF_FILTERED',
        'DEFAULT_4XX',
        'DEFAULT_5XX',
      ]),
    );
    for (const { ResponseTemplates, ResponseParameters, StatusCode } of responses) {
      const text = (ResponseTemplates as Record<string, string>)['application/json']!;
      const problem = JSON.parse(text.replace('$context.error.messageString', '"Forbidden"')) as unknown;
      expect(problem).toMatchObject({
        type: expect.stringMatching(/^urn:headroom:problem:[a-zA-Z]+$/),
        title: expect.any(String),
        detail: expect.any(String),
        requestId: '$context.requestId',
        ...(StatusCode !== undefined && { status: Number(StatusCode) }),
      });
      expect(ResponseParameters).toMatchObject({
        'gatewayresponse.header.Content-Type': "'application/problem+json'",
      });
    }
  });

  it('publishes a document that tools can read, within what one parameter holds', () => {
    for (const template of [prod['prod-orders'], local['local-orders']]) {
      expect(roughly(propertiesOf(template, 'AWS::SSM::Parameter')[0]!['Value']).length).toBeLessThan(4_096);
      expect(systemDocumentSchema.safeParse(documentOf(template)).error).toBeUndefined();
    }
    const document = systemDocumentSchema.parse(documentOf(local['local-orders']));
    // That of a release, by which evidence knows what was loaded.
    expect(document.release).toMatch(/^[0-9a-f]{64}$/);
    const [ingress] = propertiesOf(local['local-orders'], 'AWS::EC2::SecurityGroupIngress');
    expect(document.securityGroups?.rule).toMatchObject({
      ipProtocol: ingress!['IpProtocol'],
      port: ingress!['FromPort'],
      description: ingress!['Description'],
    });
    expect(document.cluster).toMatchObject({
      identifier: `local-orders-${clusterKind}`,
      connectionLimit: 50,
    });
    expect(document.api.url).toMatch(/^https:\/\/.+\.execute-api\.us-east-1\..+\/local$/);
    expect(document.expectedPeak).toEqual(expectedPeak);
  });
});
