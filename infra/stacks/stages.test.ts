import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFleet } from '../../fleet/fleet.ts';
import { systemDocumentSchema } from '../../fleet/systemDocument.ts';
import { contract } from '../../service/contract.ts';
import { roughly, statementsIn, type Template } from '../rules/template.ts';
import { completeFleet, completeStages } from '../testing/completeFleet.ts';
import { emptyFunctions, projectDirectory } from '../testing/emptyFunctions.ts';
import { everything, propertiesOf, resourcesOf, templatesOf } from '../testing/templates.ts';

const { cluster: clusterKind, messages } = contract.names;
const busy = contract.routes[0]!;

let directory: Awaited<ReturnType<typeof projectDirectory>>;
let templates: Record<string, Template>;

beforeAll(async () => {
  directory = await projectDirectory();
  templates = await templatesOf(directory.path, 'stages', {
    fleet: completeFleet,
    stages: [...completeStages, 'test-4712'],
    entries: await emptyFunctions(directory.path),
    validate: false,
  });
});
afterAll(() => directory.remove());

/** Every value under a key, wherever in a template. */
function valuesOf(template: Template | undefined, key: string): unknown[] {
  const values: unknown[] = [];
  everything(template, (node) => {
    if (key in node) values.push(node[key]);
  });
  return values;
}

const statementsOf = (template: Template | undefined, role: string) => {
  const [id] = resourcesOf(template, 'AWS::IAM::Role').find(([, { RoleName }]) => RoleName === role)!;
  return propertiesOf(template, 'AWS::IAM::Policy')
    .filter(({ Roles }) => JSON.stringify(Roles).includes(`"${id}"`))
    .flatMap(({ PolicyDocument }) => (PolicyDocument as { Statement: Statement[] }).Statement);
};

interface Statement {
  Action: string | string[];
  Resource: unknown;
  Condition?: unknown;
}

describe('a stage of a run', () => {
  const run = () => templates['test-4711-orders'];

  it('is one stack a system, without a network, a database, a key, a group or an alarm of its own', () => {
    const stacks = Object.keys(templates).filter((name) => name.startsWith('test-'));
    expect(stacks).toEqual(['test-4711-orders', 'test-4712-orders']);
    const types = new Set(Object.values(run()!.Resources).map(({ Type }) => Type));
    const absent = [...types].filter((type) => /::(EC2|Redshift|KMS|SecretsManager|CloudWatch)::/.test(type));
    // That of its API's key: it has an API of its own.
    expect(absent).toEqual(['AWS::SecretsManager::Secret']);
    expect(propertiesOf(run(), 'AWS::SecretsManager::Secret')).toHaveLength(1);
    expect(types).toContain('AWS::Lambda::Function');
  });

  it("puts its functions into QA's subnets and groups, so that they share QA's network interfaces", () => {
    const network = { 'Fn::ImportValue': expect.stringMatching(/^qa-network-app-subnet-[abc]$/) };
    for (const { VpcConfig } of propertiesOf(run(), 'AWS::Lambda::Function')) {
      expect(VpcConfig).toEqual({
        SubnetIds: [network, network, network],
        SecurityGroupIds: [
          { 'Fn::ImportValue': 'qa-orders-latam-challenge' },
          { 'Fn::ImportValue': 'qa-orders-db-ingress' },
        ],
      });
    }
    expect(propertiesOf(templates['qa-orders'], 'AWS::Lambda::Function')[0]).toHaveProperty('VpcConfig');
  });

  it("works in a schema of its own in QA's database", () => {
    for (const { Environment } of propertiesOf(run(), 'AWS::Lambda::Function')) {
      expect((Environment as { Variables: unknown }).Variables).toMatchObject({
        DATABASE_SCHEMA: 'test_4711',
        DATABASE_NAME: 'orders',
        DATABASE_HOST: { 'Fn::ImportValue': 'qa-orders-db-host' },
      });
    }
    for (const { Environment } of propertiesOf(templates['qa-orders'], 'AWS::Lambda::Function')) {
      expect((Environment as { Variables: unknown }).Variables).not.toHaveProperty('DATABASE_SCHEMA');
    }
    const [parameter] = propertiesOf(run(), 'AWS::SSM::Parameter');
    const published = roughly(parameter!['Value']).replaceAll(/[{]"Fn::ImportValue":"([^"]+)"[}]/g, '$1');
    expect(systemDocumentSchema.parse(JSON.parse(published)).cluster).toMatchObject({
      identifier: `qa-orders-${clusterKind}`,
      schema: 'test_4711',
    });
    expect(parameter!['Name']).toBe('/headroom/test-4711/orders');
  });

  it("imports only what QA exports, whether or not a run's stage is synthesized with it", () => {
    const exported = ['qa-network', 'qa-fleet', 'qa-orders'].flatMap((stack) =>
      Object.values(templates[stack]!.Outputs ?? {}).map(
        (output) => (output as { Export?: { Name: string } }).Export?.Name,
      ),
    );
    const imported = valuesOf(run(), 'Fn::ImportValue');
    expect(imported.length).toBeGreaterThan(10);
    expect(imported.filter((name) => !exported.includes(name as string))).toEqual([]);
    expect(JSON.stringify(templates['prod-orders']!.Outputs ?? {})).not.toContain('db-host');
  });

  it('shares no name with another run', () => {
    const naming = ['Name', 'FunctionName', 'QueueName', 'TopicName', 'LogGroupName', 'RoleName'];
    const namesOf = (template: Template | undefined) =>
      Object.values(template!.Resources)
        // A validator's name is its API's own.
        .filter(({ Type }) => Type !== 'AWS::ApiGateway::RequestValidator')
        .flatMap(({ Properties }) => naming.map((property) => Properties?.[property]))
        .filter((name) => typeof name === 'string');
    const [first, second] = [namesOf(run()), namesOf(templates['test-4712-orders'])];
    expect(first.length).toBeGreaterThan(8);
    expect(first.filter((name) => second.includes(name))).toEqual([]);
  });

  it('leaves nothing: everything of it is deleted with the stack', () => {
    const kept = Object.entries(run()!.Resources).filter(
      ([, resource]) => ((resource as { DeletionPolicy?: string }).DeletionPolicy ?? 'Delete') !== 'Delete',
    );
    expect(kept).toEqual([]);
  });

  it("may have its messages delivered to queues under QA's key", () => {
    const policies = JSON.stringify(propertiesOf(templates['qa-network'], 'AWS::KMS::Key'));
    expect(policies).toContain(':test-*');
    expect(JSON.stringify(propertiesOf(templates['prod-network'], 'AWS::KMS::Key'))).not.toContain(':test-*');
  });
});

describe('in another region', () => {
  it('networks, and stages in them, are in the zones that were chosen there', async () => {
    const canada = await templatesOf(directory.path, 'canada', {
      fleet: parseFleet({ ...completeFleet, region: 'ca-central-1', zones: ['a', 'b', 'd'] }),
      stages: ['qa', 'test-1'],
      entries: await emptyFunctions(directory.path),
      validate: false,
    });
    const zones = propertiesOf(canada['qa-network'], 'AWS::EC2::Subnet').map(
      ({ AvailabilityZone }) => AvailabilityZone,
    );
    expect(new Set(zones)).toEqual(new Set(['ca-central-1a', 'ca-central-1b', 'ca-central-1d']));
    const exported = Object.values(canada['qa-network']!.Outputs ?? {}).map(
      (output) => (output as { Export: { Name: string } }).Export.Name,
    );
    const [run] = propertiesOf(canada['test-1-orders'], 'AWS::Lambda::Function');
    const imported = valuesOf({ Resources: {}, Outputs: run! }, 'Fn::ImportValue').filter((name) =>
      String(name).includes('subnet'),
    );
    expect(imported).toHaveLength(3);
    expect(exported).toEqual(expect.arrayContaining(imported));
  });
});

describe('a database', () => {
  const cluster = (stack: string) => {
    const [, resource] = Object.entries(templates[stack]!.Resources).find(
      ([, { Type }]) => Type === 'AWS::Redshift::Cluster',
    )!;
    return resource as typeof resource & { DeletionPolicy: string; DependsOn: string[] };
  };

  it('leaves a snapshot in production, and nothing in QA', () => {
    expect(cluster('prod-orders').DeletionPolicy).toBe('Snapshot');
    expect(cluster('qa-orders').DeletionPolicy).toBe('Delete');
  });

  it('logs who connects and which users change into groups that exist before it, kept for a month', () => {
    expect(cluster('prod-orders').Properties['LoggingProperties']).toEqual({
      LogDestinationType: 'cloudwatch',
      LogExports: ['connectionlog', 'userlog'],
    });
    const groups = resourcesOf(templates['prod-orders'], 'AWS::Logs::LogGroup').filter(([id]) =>
      cluster('prod-orders').DependsOn.includes(id),
    );
    expect(groups.map(([, { LogGroupName, RetentionInDays }]) => [LogGroupName, RetentionInDays])).toEqual([
      [`/aws/redshift/cluster/prod-orders-${clusterKind}/connectionlog`, 30],
      [`/aws/redshift/cluster/prod-orders-${clusterKind}/userlog`, 30],
    ]);
  });
});

describe('what a contract asks for', () => {
  const system = () => templates['prod-orders'];
  const functionOf = (role: string) =>
    resourcesOf(system(), 'AWS::Lambda::Function').find(
      ([, { FunctionName }]) => FunctionName === `prod-orders-${role}`,
    )![1];
  const rightsOf = (role: string): string => {
    const id = (functionOf(role)['Role'] as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0];
    const own = propertiesOf(system(), 'AWS::IAM::Policy').filter(({ Roles }) =>
      JSON.stringify(Roles).includes(id),
    );
    return JSON.stringify(own);
  };
  const variablesOf = (role: string) => (functionOf(role)['Environment'] as { Variables: object }).Variables;

  it('lets the functions publish that it names, and gives them the topic and a way to it', () => {
    const [[topic]] = resourcesOf(system(), 'AWS::SNS::Topic') as [[string, unknown]];
    expect(variablesOf('api')).toMatchObject({ TOPIC_ARN: { Ref: topic } });
    expect(variablesOf('subscriber')).not.toHaveProperty('TOPIC_ARN');
    expect(rightsOf('api')).toContain(
      `"Action":"sns:Publish","Effect":"Allow","Resource":{"Ref":"${topic}"}`,
    );
    expect(rightsOf('subscriber')).not.toContain('sns:');
    const endpoints = JSON.stringify(valuesOf(templates['prod-network'], 'ServiceName'));
    expect(endpoints).toContain('.sns');
  });

  it('gives each function the rights that it names, with the names of its own stage and system', () => {
    expect(rightsOf('subscriber')).toContain('catalogue-prod-');
    expect(rightsOf('subscriber')).toContain('/orders/*');
    expect(rightsOf('api')).not.toContain('s3:');
  });

  it('validates the bodies that it has a schema for, and answers what does not fit by its own error', () => {
    const [[model, { Schema, ContentType }]] = resourcesOf(system(), 'AWS::ApiGateway::Model') as [
      [string, Record<string, unknown>],
    ];
    expect(ContentType).toBe('application/json');
    expect(Schema).toMatchObject({ type: 'object', required: ['name'] });
    const post = propertiesOf(system(), 'AWS::ApiGateway::Method').find(
      ({ HttpMethod }) => HttpMethod === 'POST',
    );
    expect(post).toMatchObject({
      AuthorizationType: 'NONE',
      RequestModels: { 'application/json': { Ref: model } },
    });
    expect(propertiesOf(system(), 'AWS::ApiGateway::RequestValidator')).toEqual([
      expect.objectContaining({ ValidateRequestParameters: true }),
      expect.objectContaining({ ValidateRequestBody: true }),
    ]);
    const response = propertiesOf(system(), 'AWS::ApiGateway::GatewayResponse').find(
      ({ ResponseType }) => ResponseType === 'BAD_REQUEST_BODY',
    );
    expect(JSON.stringify(response)).toContain('urn:headroom:problem:clientIdInvalid');
  });
});

describe('a route that asks for an API key', () => {
  const of = (stack: string, type: string) => propertiesOf(templates[stack], `AWS::ApiGateway::${type}`);

  it.each(['prod', 'inner', 'test-4711'])('has one that Secrets Manager makes, on stage %s', (stage) => {
    const stack = `${stage}-orders`;
    const keyed = of(stack, 'Method').filter(({ ApiKeyRequired }) => ApiKeyRequired === true);
    expect(keyed).toEqual([expect.objectContaining({ HttpMethod: 'GET', AuthorizationType: 'NONE' })]);
    const name = `${stage}-orders-api-key`;
    const [[secret, { GenerateSecretString }]] = resourcesOf(
      templates[stack],
      'AWS::SecretsManager::Secret',
    ).filter(([, { Name }]) => Name === name) as [[string, Record<string, unknown>]];
    expect(GenerateSecretString).toEqual({ ExcludePunctuation: true, PasswordLength: 40 });
    const [[key, { Value, Enabled }]] = resourcesOf(templates[stack], 'AWS::ApiGateway::ApiKey') as [
      [string, Record<string, unknown>],
    ];
    expect(Enabled).toBe(true);
    expect(JSON.stringify(Value)).toBe(
      `{"Fn::Join":["",["{{resolve:secretsmanager:",{"Ref":"${secret}"},":SecretString:::}}"]]}`,
    );
    const [[plan, { ApiStages }]] = resourcesOf(templates[stack], 'AWS::ApiGateway::UsagePlan') as [
      [string, Record<string, unknown>],
    ];
    expect(ApiStages).toEqual([
      {
        ApiId: { Ref: expect.any(String) },
        Stage: { Ref: expect.stringContaining('Stage') },
        Throttle: {},
      },
    ]);
    expect(of(stack, 'UsagePlanKey')).toEqual([
      { KeyId: { Ref: key }, KeyType: 'API_KEY', UsagePlanId: { Ref: plan } },
    ]);
    const [document] = propertiesOf(templates[stack], 'AWS::SSM::Parameter');
    expect(roughly(document!['Value'])).toContain(`"keySecretArn":"`);
  });
});

describe('a system with sizes of its own', () => {
  const system = () => templates['inner-orders'];

  it('is built with them', () => {
    expect(propertiesOf(system(), 'AWS::Redshift::Cluster')[0]).toMatchObject({ NumberOfNodes: 3 });
    expect(
      propertiesOf(system(), 'AWS::Lambda::Function').find(
        ({ FunctionName }) => FunctionName === 'inner-orders-api',
      ),
    ).toMatchObject({ MemorySize: 512, ReservedConcurrentExecutions: 4 });
    expect(propertiesOf(system(), 'AWS::Lambda::EventSourceMapping')[0]).toMatchObject({
      BatchSize: 50,
      ScalingConfig: { MaximumConcurrency: 5 },
    });
    expect(JSON.stringify(propertiesOf(system(), 'AWS::ApiGateway::Stage'))).toContain(
      '"ThrottlingBurstLimit":70,"ThrottlingRateLimit":70',
    );
  });

  it('says them, with its peak, where tools and the comparison read what it has', () => {
    const [parameter] = propertiesOf(system(), 'AWS::SSM::Parameter');
    expect(systemDocumentSchema.parse(JSON.parse(roughly(parameter!['Value'])))).toMatchObject({
      concurrency: { apiReserved: 4, subscriberMaximum: 5 },
      cluster: { memoryMiB: 3 * 16 * 1_024 },
      expectedPeak: { requestsPerSecond: 60, messagesPerSecond: 5 },
    });
  });

  it('alarms at shares of them', () => {
    const thresholdOf = (name: string) =>
      propertiesOf(system(), 'AWS::CloudWatch::Alarm').find(({ AlarmName }) => AlarmName === name)?.[
        'Threshold'
      ];
    expect(thresholdOf('inner-orders-functionConcurrency')).toBe(4 * 0.8);
    expect(thresholdOf('inner-orders-subscriberConcurrency')).toBe(5 * 60_000 * 0.8);
  });
});

describe("a stage's own name", () => {
  it('is a regional domain with certificate and record, each system below it', () => {
    expect(propertiesOf(templates['qa-fleet'], 'AWS::ApiGateway::DomainName')).toEqual([
      expect.objectContaining({
        DomainName: 'customdomain-test.example.com',
        EndpointConfiguration: { Types: ['REGIONAL'] },
        SecurityPolicy: 'TLS_1_2',
      }),
    ]);
    expect(propertiesOf(templates['prod-fleet'], 'AWS::Route53::RecordSet')).toEqual([
      expect.objectContaining({ Name: 'customdomain.example.com.', Type: 'A', HostedZoneId: 'Z0123456789' }),
    ]);
    expect(propertiesOf(templates['prod-fleet'], 'AWS::CertificateManager::Certificate')).toHaveLength(1);
    expect(propertiesOf(templates['prod-orders'], 'AWS::ApiGateway::BasePathMapping')).toEqual([
      expect.objectContaining({ DomainName: 'customdomain.example.com', BasePath: 'orders' }),
    ]);
    expect(resourcesOf(templates['inner-orders'], 'AWS::ApiGateway::BasePathMapping')).toEqual([]);
  });
});

describe('a private endpoint', () => {
  type Opinion = 'allow' | 'deny' | 'none';

  /** What the policy of the API itself says of a request to a route, through this endpoint. */
  const policySays = (endpoint: unknown, route = `${busy.method}${busy.path}`): Opinion => {
    const [api] = propertiesOf(templates['inner-orders'], 'AWS::ApiGateway::RestApi');
    const opinions = statementsIn(api!['Policy'])
      .filter(({ Resource }) =>
        [Resource].flat().some((one) => {
          const pattern = String(one).replaceAll('*', '.*');
          return new RegExp(`^${pattern}$`).test(`execute-api:/inner/${route}`);
        }),
      )
      .filter(({ Condition = {} }) => {
        expect(Object.keys(Condition).every((operator) => operator === 'StringNotEquals')).toBe(true);
        const but = Object.values(Condition['StringNotEquals'] ?? {});
        return but.every((value) => JSON.stringify(value) !== JSON.stringify(endpoint));
      })
      .map(({ Effect }) => Effect);
    return opinions.includes('Deny') ? 'deny' : opinions.includes('Allow') ? 'allow' : 'none';
  };
  const ownEndpoint = () => {
    const [api] = propertiesOf(templates['inner-orders'], 'AWS::ApiGateway::RestApi');
    return (api!['EndpointConfiguration'] as { VpcEndpointIds: unknown[] }).VpcEndpointIds[0];
  };

  /** AWS's tables A (the API's own account) and B (another one): apigateway-authorization-flow.html. */
  const answer = (account: 'own' | 'other', iam: Opinion, policy: Opinion): 'answered' | 'refused' => {
    const both = [iam, policy];
    if (both.includes('deny')) return 'refused';
    const enough = account === 'own' ? both.includes('allow') : both.every((one) => one === 'allow');
    return enough ? 'answered' : 'refused';
  };

  it.each<[string, 'own' | 'other', Opinion, 'answered' | 'refused']>([
    ['whom IAM allows it', 'own', 'allow', 'answered'],
    ['of whom IAM says nothing', 'own', 'none', 'refused'],
    ['whom IAM denies it', 'own', 'deny', 'refused'],
    ['whom another account allows it', 'other', 'allow', 'refused'],
  ])('leaves a caller to IAM: one %s', (_, account, iam, expected) => {
    expect(answer(account, iam, policySays(ownEndpoint()))).toBe(expected);
    expect(answer(account, iam, policySays('vpce-of-somebody-else'))).toBe('refused');
  });

  it('lets everybody in to a route that the contract opens, of those who come through it', () => {
    expect(policySays(ownEndpoint(), 'POST/clients/7')).toBe('allow');
    expect(policySays(ownEndpoint(), 'GET/clients/7')).toBe('none');
    // Whoever has the key: the policy lets in everybody, and the method asks for it.
    expect(policySays(ownEndpoint(), 'GET/clients')).toBe('allow');
    expect(policySays('vpce-of-somebody-else', 'POST/clients/7')).toBe('deny');
  });

  it('is the only way to the APIs, and they keep their authorisation', () => {
    const [api] = propertiesOf(templates['inner-orders'], 'AWS::ApiGateway::RestApi');
    expect(api!['EndpointConfiguration']).toMatchObject({ Types: ['PRIVATE'] });
    expect(ownEndpoint()).toEqual({ 'Fn::ImportValue': expect.stringContaining('Apis') });
    expect(valuesOf(templates['inner-orders'], 'AuthorizationType')).toEqual([
      'AWS_IAM',
      'AWS_IAM',
      'NONE',
      'NONE',
    ]);
    const services = (stack: string) => JSON.stringify(valuesOf(templates[stack], 'ServiceName'));
    expect(services('inner-network')).toContain('execute-api');
    expect(services('prod-network')).not.toContain('execute-api');
  });
});

describe('the web ACL', () => {
  const rateRule = (stack: string) => {
    const [acl] = propertiesOf(templates[stack], 'AWS::WAFv2::WebACL');
    const [rate] = acl!['Rules'] as { Statement: { RateBasedStatement: Record<string, unknown> } }[];
    return rate!.Statement.RateBasedStatement;
  };

  it('is one a stage, before every API', () => {
    for (const stage of ['prod', 'qa', 'inner']) {
      const acls = Object.entries(templates).filter(
        ([stack, template]) =>
          stack.startsWith(stage) && resourcesOf(template, 'AWS::WAFv2::WebACL').length > 0,
      );
      expect(acls.map(([stack]) => stack)).toEqual([`${stage}-fleet`]);
      expect(resourcesOf(templates[`${stage}-orders`], 'AWS::WAFv2::WebACLAssociation')).toHaveLength(1);
    }
    expect(resourcesOf(templates['test-4711-orders'], 'AWS::WAFv2::WebACLAssociation')).toHaveLength(1);
  });

  it('lets in what the APIs would, and spares declared load generators alone', () => {
    // 30 requests a second, twice, for five minutes.
    expect(rateRule('prod-fleet')['Limit']).toBe(18_000);
    expect(rateRule('prod-fleet')).not.toHaveProperty('ScopeDownStatement');
    expect(rateRule('qa-fleet')['ScopeDownStatement']).toMatchObject({ NotStatement: {} });
    expect(propertiesOf(templates['qa-fleet'], 'AWS::WAFv2::IPSet')).toEqual([
      expect.objectContaining({ Addresses: ['192.0.2.1/32'] }),
    ]);
  });
});

describe('the account', () => {
  const account = () => templates['headroom-account'];

  it("makes API Gateway's log role once, and before any API that logs", () => {
    const accounts = Object.entries(templates).filter(
      ([, template]) => resourcesOf(template, 'AWS::ApiGateway::Account').length > 0,
    );
    expect(accounts.map(([stack]) => stack)).toEqual(['headroom-account']);
  });

  it("gives each stage's environment on GitHub a role without stored keys", () => {
    const roles = propertiesOf(account(), 'AWS::IAM::Role').filter(({ RoleName }) => RoleName !== undefined);
    expect(roles.map(({ RoleName }) => RoleName)).toEqual(
      ['prod', 'qa', 'inner', 'test'].map((stage) => `headroom-${stage}-github`),
    );
    for (const { RoleName, AssumeRolePolicyDocument } of roles) {
      const stage = String(RoleName).split('-')[1];
      expect((AssumeRolePolicyDocument as { Statement: unknown[] }).Statement).toEqual([
        expect.objectContaining({
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: {
              'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
              'token.actions.githubusercontent.com:sub': `repo:example/fleet:environment:${stage}`,
            },
          },
        }),
      ]);
    }
  });

  it("knows the repository by GitHub's numbers too, where its tokens name them", async () => {
    const numbered = await templatesOf(directory.path, 'numbered', {
      fleet: {
        ...completeFleet,
        github: { repository: 'example/fleet', ids: { owner: 123, repository: 456 } },
      },
      stages: ['prod'],
      entries: await emptyFunctions(directory.path),
      validate: false,
    });
    const subjects = valuesOf(numbered['headroom-account'], 'token.actions.githubusercontent.com:sub');
    expect(subjects).toContain('repo:example@123/fleet@456:environment:prod');
    expect(subjects.join()).not.toContain('example/fleet');
  });

  it('bounds it to the stage: each statement names it, a condition does, or it only reads', () => {
    const reads = /:(Describe|Get|List|GET$)|^redshift-data:(Cancel|Describe|Get)/;
    // Stacks are made as CDK's roles, which know no stages; only CloudFormation may act as the first.
    const ofCdk = /cdk-hnb659fds|cdk-bootstrap/;
    for (const [stage, home] of [
      ['prod', 'prod'],
      // What runs left in QA's network, QA's own workflow sweeps.
      ['qa', '(qa|test)'],
      ['test', '(test|qa)'],
    ]) {
      const named = new RegExp(`[/:!]${home}-|[/:]${stage}(-\\*)?(/|"|$)|${home}-network|"${stage}"`);
      const statements = statementsOf(account(), `headroom-${stage}-github`);
      expect(statements.length).toBeGreaterThan(10);
      for (const { Action, Resource, Condition } of statements) {
        const text = JSON.stringify(Resource) + JSON.stringify(Condition ?? '');
        const bounded =
          named.test(text) || ofCdk.test(text) || [Action].flat().every((one) => reads.test(one));
        expect(bounded, `${stage}: ${[Action].flat().join(', ')} on ${text}`).toBe(true);
      }
    }
  });

  it('lets no workflow break production, or pause it', () => {
    const actions = (stage: string) =>
      statementsOf(account(), `headroom-${stage}-github`).flatMap(({ Action }) => Action);
    expect(actions('qa')).toEqual(
      expect.arrayContaining(['ec2:RevokeSecurityGroupIngress', 'redshift:PauseCluster']),
    );
    expect(actions('prod')).not.toContain('ec2:RevokeSecurityGroupIngress');
    expect(actions('prod')).not.toContain('redshift:PauseCluster');
  });

  it("lets the drill hand its schedule the restore roles of the stage's systems, and only to a schedule", () => {
    const passes = statementsOf(account(), 'headroom-qa-github').filter(
      ({ Action }) => Action === 'iam:PassRole',
    );
    expect(JSON.stringify(passes)).toContain(':role/qa-*-restore');
    for (const { Condition } of passes) {
      expect(Condition).toEqual({
        StringEquals: {
          'iam:PassedToService': expect.stringMatching(/^(scheduler|cloudformation)\.amazonaws\.com$/),
        },
      });
    }
  });
});

describe('the on-call topics', () => {
  /** Whether a name is within a resource of a policy, in which `*` stands for anything. */
  const within = (pattern: string, name: string): boolean =>
    new RegExp(`${pattern.split(':').at(-1)!.replaceAll('*', '.*')}$`).test(name);

  it('are published to by no role of any stage: that is for alarms', () => {
    const patterns = Object.values(templates).flatMap((template) =>
      [
        ...propertiesOf(template, 'AWS::IAM::Policy').map(({ PolicyDocument }) => PolicyDocument),
        ...propertiesOf(template, 'AWS::IAM::Role').flatMap(({ Policies = [] }) =>
          (Policies as { PolicyDocument: unknown }[]).map(({ PolicyDocument }) => PolicyDocument),
        ),
      ]
        .flatMap((document) => (document as { Statement: Statement[] }).Statement)
        .filter(({ Action }) => [Action].flat().some((action) => /^(\*|sns:(\*|Publish))$/.test(action)))
        .flatMap(({ Resource }) => [Resource].flat().map(roughly)),
    );
    expect(patterns.some((pattern) => within(pattern, `qa-orders-${messages}-topic`))).toBe(true);
    for (const stage of ['prod', 'qa', 'inner', 'test-4711']) {
      for (const pattern of patterns) expect(within(pattern, `${stage}-fleet-on-call`), pattern).toBe(false);
    }
  });
});

describe('roles that AWS services act as', () => {
  it('are taken in the name of this account alone, where a service may act for others too', () => {
    const trusts = Object.values(templates).flatMap((template) =>
      propertiesOf(template, 'AWS::IAM::Role').flatMap(
        ({ AssumeRolePolicyDocument }) =>
          (
            AssumeRolePolicyDocument as {
              Statement: { Principal: { Service?: string }; Condition?: unknown }[];
            }
          ).Statement,
      ),
    );
    const deputies = ['scheduler.amazonaws.com', 'vpc-flow-logs.amazonaws.com'];
    const trusted = trusts.filter(({ Principal }) => deputies.includes(Principal.Service ?? ''));
    expect(new Set(trusted.map(({ Principal }) => Principal.Service))).toEqual(new Set(deputies));
    for (const { Condition } of trusted) {
      expect(Condition).toMatchObject({
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
      });
      expect(JSON.stringify(Condition)).toMatch(/aws:SourceArn.*(schedule-group\/default|vpc-flow-log\/\*)/);
    }
  });
});

describe("the restore schedule's role", () => {
  it("may authorise ingress to db-servers and patch the API's stage, and nothing else", () => {
    const template = templates['qa-orders'];
    const role = propertiesOf(template, 'AWS::IAM::Role').find(
      ({ RoleName }) => RoleName === 'qa-orders-restore',
    )!;
    const [servers] = resourcesOf(template, 'AWS::EC2::SecurityGroup').find(
      ([, { GroupName }]) => GroupName === 'qa-orders-db-servers',
    )!;
    expect(JSON.stringify(role['AssumeRolePolicyDocument'])).toContain('"Service":"scheduler.amazonaws.com"');
    const policies = role['Policies'] as { PolicyDocument: { Statement: Statement[] } }[];
    const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    const resourceOf = (action: string): string =>
      JSON.stringify(statements.find(({ Action }) => Action === action)?.Resource);
    expect(statements).toHaveLength(2);
    expect(resourceOf('ec2:AuthorizeSecurityGroupIngress')).toContain(
      `security-group/",{"Fn::GetAtt":["${servers}","GroupId"]}]`,
    );
    const [api] = resourcesOf(template, 'AWS::ApiGateway::RestApi')[0]!;
    const [stage] = resourcesOf(template, 'AWS::ApiGateway::Stage')[0]!;
    expect(resourceOf('apigateway:PATCH')).toContain(
      `:apigateway:us-east-1::/restapis/",{"Ref":"${api}"},"/stages/",{"Ref":"${stage}"}]`,
    );
  });
});
