import { testCode } from './stage.ts';

const ref = (name: string) => ({ Ref: name });
const att = (name: string, attribute: string) => ({ 'Fn::GetAtt': [name, attribute] });
const join = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });

/** Expressions inside its texts are the template's. */
const systemDocument = {
  schemaVersion: 1,
  stage: 'test',
  system: 'system-01',
  region: 'us-east-1',
  api: {
    id: '${Api}',
    url: 'https://${Api}.execute-api.us-east-1.${AWS::URLSuffix}/v1',
    name: 'test-api',
  },
  functions: { api: 'test-api', subscriber: 'test-subscriber' },
  topicArn: '${Topic}',
  queues: {
    subscriber: { name: 'test-items', url: '${Queue}' },
    deadLetter: { name: 'test-dead', url: '${DeadLetters}' },
    undelivered: { name: 'test-dead', url: '${DeadLetters}' },
  },
  cluster: {
    identifier: '${Cluster}',
    database: 'system_01',
    adminSecretArn: '${Cluster.MasterPasswordSecretArn}',
    apiSecretArn: '${ApiSecret}',
    subscriberSecretArn: '${ApiSecret}',
    probeSecretArn: '${ApiSecret}',
    connectionLimit: 7,
    memoryMiB: 32_768,
  },
  securityGroups: {
    dbIngress: '${DbIngress.GroupId}',
    dbServers: '${DbServers.GroupId}',
    rule: {
      ipProtocol: 'tcp',
      port: 5439,
      sourceGroupId: '${DbIngress.GroupId}',
      description: 'the rule',
    },
  },
  logGroups: { api: '/aws/lambda/test-api', subscriber: '/aws/lambda/test-subscriber' },
  expectedPeak: { requestsPerSecond: 30, messagesPerSecond: 5 },
};

/** A network that a system imports from. */
export const networkTemplate = {
  Resources: {
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
    Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { 'Fn::Cidr': ['never evaluated'] } } },
  },
  Outputs: { Vpc: { Value: ref('Vpc'), Export: { Name: 'net:Vpc' } }, Key: { Value: att('Key', 'Arn') } },
};

const functionProperties = (name: string, variables: Record<string, unknown>) => ({
  FunctionName: name,
  Code: testCode,
  Handler: 'index.handler',
  Runtime: 'nodejs24.x',
  Timeout: 5,
  MemorySize: 128,
  Role: ref('Role'),
  Environment: { Variables: variables },
  VpcConfig: { SecurityGroupIds: [att('DbIngress', 'GroupId')], SubnetIds: ['subnet-1'] },
});

const apiIntegration = {
  Type: 'AWS_PROXY',
  IntegrationHttpMethod: 'POST',
  Uri: join(
    'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/',
    att('ApiFunction', 'Arn'),
    '/invocations',
  ),
};

/** One system: everything that a stage brings to life, once. */
export const systemTemplate = {
  Resources: {
    // Before what it refers to: the order is the stage's to find.
    Document: {
      Type: 'AWS::SSM::Parameter',
      Properties: {
        Name: '/headroom/test/system-01',
        Type: 'String',
        Value: { 'Fn::Sub': JSON.stringify(systemDocument) },
      },
    },
    Role: { Type: 'AWS::IAM::Role', Properties: {} },
    DbIngress: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: { GroupDescription: 'db-ingress', VpcId: { 'Fn::ImportValue': 'net:Vpc' } },
    },
    DbServers: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'db-servers' } },
    Rule: {
      Type: 'AWS::EC2::SecurityGroupIngress',
      Properties: {
        GroupId: att('DbServers', 'GroupId'),
        IpProtocol: 'tcp',
        FromPort: 5439,
        ToPort: 5439,
        SourceSecurityGroupId: att('DbIngress', 'GroupId'),
        Description: 'the rule',
      },
    },
    Cluster: {
      Type: 'AWS::Redshift::Cluster',
      Properties: {
        ClusterIdentifier: 'test-system-01-items',
        DBName: 'system_01',
        Port: 5439,
        VpcSecurityGroupIds: [att('DbServers', 'GroupId')],
        ManageMasterPassword: true,
        KmsKeyId: { 'Fn::GetStackOutput': { StackName: 'net', OutputName: 'Key' } },
      },
    },
    ApiSecret: {
      Type: 'AWS::SecretsManager::Secret',
      Properties: {
        Name: 'test-api-secret',
        GenerateSecretString: {
          SecretStringTemplate: '{"username":"system_01_api"}',
          GenerateStringKey: 'password',
          PasswordLength: 24,
          ExcludePunctuation: true,
          ExcludeCharacters: 'abc',
        },
      },
    },
    ApiFunction: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        ...functionProperties('test-api', {
          DATABASE_HOST: att('Cluster', 'Endpoint.Address'),
          DATABASE_PORT: att('Cluster', 'Endpoint.Port'),
          PASSWORD: join('{{resolve:secretsmanager:', ref('ApiSecret'), ':SecretString:password::}}'),
        }),
        ReservedConcurrentExecutions: 2,
      },
      DependsOn: 'Role',
    },
    SubscriberFunction: {
      Type: 'AWS::Lambda::Function',
      Properties: functionProperties('test-subscriber', {}),
    },
    DeadLetters: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'test-dead' } },
    Queue: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: 'test-items',
        VisibilityTimeout: 30,
        RedrivePolicy: { deadLetterTargetArn: att('DeadLetters', 'Arn'), maxReceiveCount: 5 },
      },
    },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'test-topic' } },
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: ref('Topic'),
        Protocol: 'sqs',
        Endpoint: att('Queue', 'Arn'),
        RawMessageDelivery: true,
      },
    },
    /** As whoever has no queue between them subscribes a function. */
    NotifiedFunction: {
      Type: 'AWS::Lambda::Function',
      Properties: functionProperties('test-notified', { NOTIFIED: 'yes' }),
    },
    Notification: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: ref('Topic'), Protocol: 'lambda', Endpoint: att('NotifiedFunction', 'Arn') },
    },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: att('Queue', 'Arn'),
        FunctionName: ref('SubscriberFunction'),
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    },
    Schedule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        ScheduleExpression: 'rate(1 minute)',
        Targets: [{ Id: 'T', Arn: att('SubscriberFunction', 'Arn'), Input: '{"tick":true}' }],
      },
    },
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'test-api' } },
    Resource: {
      Type: 'AWS::ApiGateway::Resource',
      Properties: { RestApiId: ref('Api'), ParentId: att('Api', 'RootResourceId'), PathPart: 'getItem' },
    },
    Validator: {
      Type: 'AWS::ApiGateway::RequestValidator',
      Properties: { RestApiId: ref('Api'), ValidateRequestParameters: true },
    },
    KeyedResource: {
      Type: 'AWS::ApiGateway::Resource',
      Properties: { RestApiId: ref('Api'), ParentId: att('Api', 'RootResourceId'), PathPart: 'keyed' },
    },
    KeyedMethod: {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        RestApiId: ref('Api'),
        ResourceId: ref('KeyedResource'),
        HttpMethod: 'GET',
        AuthorizationType: 'NONE',
        ApiKeyRequired: true,
        Integration: apiIntegration,
      },
    },
    KeySecret: {
      Type: 'AWS::SecretsManager::Secret',
      Properties: {
        Name: 'test-api-key',
        GenerateSecretString: { PasswordLength: 40, ExcludePunctuation: true },
      },
    },
    Key: {
      Type: 'AWS::ApiGateway::ApiKey',
      Properties: {
        Enabled: true,
        Value: join('{{resolve:secretsmanager:', ref('KeySecret'), ':SecretString:::}}'),
      },
    },
    Plan: {
      Type: 'AWS::ApiGateway::UsagePlan',
      Properties: { ApiStages: [{ ApiId: ref('Api'), Stage: ref('Stage'), Throttle: {} }] },
    },
    PlanKey: {
      Type: 'AWS::ApiGateway::UsagePlanKey',
      Properties: { KeyId: ref('Key'), KeyType: 'API_KEY', UsagePlanId: ref('Plan') },
    },
    Method: {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        RestApiId: ref('Api'),
        ResourceId: ref('Resource'),
        HttpMethod: 'GET',
        AuthorizationType: 'AWS_IAM',
        RequestParameters: { 'method.request.querystring.item_id': true },
        RequestValidatorId: ref('Validator'),
        Integration: apiIntegration,
      },
    },
    BadRequest: {
      Type: 'AWS::ApiGateway::GatewayResponse',
      Properties: {
        RestApiId: ref('Api'),
        ResponseType: 'DEFAULT_4XX',
        ResponseParameters: { 'gatewayresponse.header.Content-Type': "'application/problem+json'" },
        ResponseTemplates: { 'application/json': '{"detail":$context.error.messageString}' },
      },
    },
    Deployment: { Type: 'AWS::ApiGateway::Deployment', Properties: { RestApiId: ref('Api') } },
    Stage: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: {
        RestApiId: ref('Api'),
        StageName: 'v1',
        DeploymentId: ref('Deployment'),
        MethodSettings: [
          { HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 100 },
        ],
      },
    },
    Alarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: 'test-cpu',
        Namespace: 'AWS/Redshift',
        MetricName: 'CPUUtilization',
        Dimensions: [{ Name: 'ClusterIdentifier', Value: ref('Cluster') }],
        Statistic: 'Maximum',
        Period: 10,
        EvaluationPeriods: 3,
        Threshold: 80,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        AlarmActions: [ref('Topic')],
      },
    },
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: {
        DashboardName: 'test-board',
        DashboardBody: join('{"widgets":[],"region":"', ref('AWS::Region'), '"}'),
      },
    },
    Logs: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: '/aws/lambda/test-api', RetentionInDays: 30 },
    },
  },
};
