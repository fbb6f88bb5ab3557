import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TemplateRuleError } from '../errors.ts';
import { completeFleet, completeStages } from '../testing/completeFleet.ts';
import { emptyFunctions, projectDirectory } from '../testing/emptyFunctions.ts';
import { templatesOf } from '../testing/templates.ts';
import { checkTemplates, findingsOf } from './index.ts';
import { contract } from '../../service/contract.ts';
import { resourcesOf, roughly, type Template } from './template.ts';

const context = {
  shortestPeriodSeconds: 60,
  openRoutes: ['POST /clients/{clientId}'],
  keyedRoutes: ['GET /clients'],
};

let directory: Awaited<ReturnType<typeof projectDirectory>>;
let templates: Record<string, Template>;

beforeAll(async () => {
  directory = await projectDirectory();
  templates = await templatesOf(directory.path, 'complete', {
    fleet: completeFleet,
    stages: completeStages,
    entries: await emptyFunctions(directory.path),
    validate: false,
  });
});
afterAll(() => directory.remove());

/** Findings of a stack after a change to the first resource of a type (that `which` picks). */
function mutated(
  stack: string,
  type: string,
  change: (properties: Record<string, unknown>, template: Template) => void,
  which: (properties: Record<string, unknown>) => boolean = () => true,
): string[] {
  const template = structuredClone(templates[stack]!);
  const found = resourcesOf(template, type).find(([, properties]) => which(properties));
  if (!found) throw new Error(`${stack} has no ${type} to change`);
  change(found[1], template);
  return findingsOf(template, context);
}

const set = (values: Record<string, unknown>) => (properties: object) =>
  void Object.assign(properties, values);
const without = (property: string) => (properties: object) =>
  void Reflect.deleteProperty(properties, property);

/** What a property holds, or the first thing in its list. */
const inside = (properties: Record<string, unknown>, property: string): object =>
  [properties[property]].flat()[0] as object;

const system = 'prod-orders';
const widget = (metrics: number) => ({
  properties: { metrics: Array.from({ length: metrics }, () => ['a', 'b']) },
});
const board = (...widgets: object[]) => set({ DashboardBody: JSON.stringify({ widgets }) });
const format = (properties: Record<string, unknown>, text: string) =>
  set({ Format: text })(inside(properties, 'AccessLogSetting'));
const allow = (action: string | string[]) => (properties: Record<string, unknown>) => {
  (properties['PolicyDocument'] as { Statement: object[] }).Statement.push({
    Effect: 'Allow',
    Action: action,
    Resource: 'arn:aws:s3:::x',
  });
};

describe('the rules', () => {
  it('find nothing in the stacks of every option', () => {
    for (const [stack, template] of Object.entries(templates)) {
      expect(findingsOf(template, context), stack).toEqual([]);
    }
  });

  const alarm = 'AWS::CloudWatch::Alarm';
  const composite = 'AWS::CloudWatch::CompositeAlarm';
  const ingress = 'AWS::EC2::SecurityGroupIngress';
  const cluster = 'AWS::Redshift::Cluster';
  const restApi = 'AWS::ApiGateway::RestApi';
  const method = 'AWS::ApiGateway::Method';
  const apiStage = 'AWS::ApiGateway::Stage';
  const lambda = 'AWS::Lambda::Function';
  const queueOf = ({ QueueName }: Record<string, unknown>) =>
    QueueName === `prod-orders-${contract.names.messages}`;

  it.each<[string, () => string[], RegExp]>([
    [
      'an open database port',
      () => mutated(system, ingress, set({ FromPort: 5432, ToPort: 5432 })),
      /^securityGroups: .*port 5432/,
    ],
    [
      'a range of ports',
      () => mutated(system, ingress, set({ FromPort: 0, ToPort: 65_535 })),
      /^securityGroups: .*ports 0 to 65535/,
    ],
    [
      'every protocol',
      () => mutated(system, ingress, set({ IpProtocol: '-1' })),
      /^securityGroups: .*lets in -1/,
    ],
    [
      'a database open to everybody',
      () => mutated(system, ingress, set({ CidrIp: '0.0.0.0/0' })),
      /^securityGroups: .*everybody/,
    ],
    [
      'a database open to a range',
      () => mutated(system, ingress, set({ CidrIp: '10.0.0.0/16' })),
      /^securityGroups: .*expected a group/,
    ],
    [
      'more datapoints than periods',
      () => mutated(system, alarm, set({ DatapointsToAlarm: 4 })),
      /^alarms: .*4 datapoints/,
    ],
    [
      'eleven metrics in an alarm',
      () => mutated(system, alarm, set({ Metrics: Array.from({ length: 11 }, () => ({})) })),
      /^alarms: .*11 metrics/,
    ],
    [
      'a search in an alarm',
      () => mutated(system, alarm, set({ Metrics: [{ Expression: "SUM(SEARCH('x','Sum',60))" }] })),
      /^alarms: .*search/,
    ],
    ['a sub-minute alarm', () => mutated(system, alarm, set({ Period: 10 })), /^alarms: .*period of 10 s/],
    [
      'an alarm that notifies nobody',
      () => mutated(system, composite, set({ AlarmRule: 'TRUE' })),
      /^alarms: .*notifies nobody/,
    ],
    [
      'a dashboard that is no JSON',
      () => mutated('prod-fleet', 'AWS::CloudWatch::Dashboard', set({ DashboardBody: '{' })),
      /^dashboards: .*not the JSON/,
    ],
    [
      '501 widgets',
      () =>
        mutated(
          'prod-fleet',
          'AWS::CloudWatch::Dashboard',
          board(...Array.from({ length: 501 }, () => widget(1))),
        ),
      /^dashboards: .*501 widgets/,
    ],
    [
      '501 metrics in a widget',
      () => mutated('prod-fleet', 'AWS::CloudWatch::Dashboard', board(widget(501))),
      /^dashboards: .*501 metrics in one/,
    ],
    [
      '2,501 metrics in a dashboard',
      () =>
        mutated(
          'prod-fleet',
          'AWS::CloudWatch::Dashboard',
          board(...Array.from({ length: 61 }, () => widget(41))),
        ),
      /^dashboards: .*2501 metrics,/,
    ],
    [
      'an unencrypted database',
      () => mutated(system, cluster, set({ Encrypted: false })),
      /^databases: .*Encrypted/,
    ],
    [
      'a public database',
      () => mutated(system, cluster, set({ PubliclyAccessible: true })),
      /^databases: .*PubliclyAccessible/,
    ],
    [
      'a database without audit logs',
      () => mutated(system, cluster, without('LoggingProperties')),
      /^databases: .*LoggingProperties/,
    ],
    [
      'a password in the template',
      () => mutated(system, cluster, set({ MasterUserPassword: 'x' })),
      /^databases: .*MasterUserPassword/,
    ],
    [
      'connections without TLS',
      () => mutated('prod-network', 'AWS::Redshift::ClusterParameterGroup', set({ Parameters: [] })),
      /^databaseTls/,
    ],
    [
      'an open method',
      () => mutated(system, method, set({ AuthorizationType: 'NONE' })),
      /^apiMethods: .*IAM/,
    ],
    [
      'a keyed method that asks for no key',
      () =>
        mutated(
          system,
          method,
          set({ ApiKeyRequired: false }),
          ({ ApiKeyRequired }) => ApiKeyRequired === true,
        ),
      /^apiMethods: .*API key/,
    ],
    [
      'a URI that invokes nothing',
      () =>
        mutated(system, method, (one) =>
          set({ Uri: 'arn:aws:apigateway:us-east-1:lambda:path/functions' })(inside(one, 'Integration')),
        ),
      /^apiMethods: .*URI/,
    ],
    [
      'an integration by GET',
      () =>
        mutated(system, method, (one) => set({ IntegrationHttpMethod: 'GET' })(inside(one, 'Integration'))),
      /^apiMethods: .*POST/,
    ],
    [
      'an API that lets the whole account in',
      () =>
        mutated('inner-orders', restApi, ({ Policy }) => {
          (Policy as { Statement: object[] }).Statement.push({
            Effect: 'Allow',
            Principal: { AWS: 'arn:aws:iam::111122223333:root' },
            Action: 'execute-api:Invoke',
            Resource: 'execute-api:/*',
          });
        }),
      /^apiPolicies: .*IAM allows nothing/,
    ],
    [
      'a private API that every endpoint leads to',
      () => mutated('inner-orders', restApi, without('Policy')),
      /^apiPolicies: .*other endpoints/,
    ],
    [
      'a queue that everybody may send to',
      () =>
        mutated(system, 'AWS::SQS::QueuePolicy', ({ PolicyDocument }) => {
          (PolicyDocument as { Statement: object[] }).Statement.push({
            Effect: 'Allow',
            Principal: { AWS: '*' },
            Action: 'sqs:SendMessage',
            Resource: '*',
          });
        }),
      /^principals: .*allows everybody sqs:SendMessage/,
    ],
    [
      'no access log',
      () => mutated(system, apiStage, without('AccessLogSetting')),
      /^apiStages: .*no access log/,
    ],
    [
      'paths in the access log',
      () => mutated(system, apiStage, (stage) => format(stage, '$context.path')),
      /^apiStages: .*\$context\.path/,
    ],
    [
      'addresses in the access log',
      () => mutated(system, apiStage, (stage) => format(stage, '$context.identity.sourceIp')),
      /^apiStages: .*sourceIp/,
    ],
    [
      'traced requests',
      () =>
        mutated(system, apiStage, (one) => set({ DataTraceEnabled: true })(inside(one, 'MethodSettings'))),
      /^apiStages: .*traces/,
    ],
    ['no throttle', () => mutated(system, apiStage, set({ MethodSettings: [] })), /^apiStages: .*throttles/],
    [
      'no web ACL',
      () => mutated(system, 'AWS::WAFv2::WebACLAssociation', set({ ResourceArn: 'other' })),
      /^apiStages: .*web ACL/,
    ],
    [
      'an old runtime',
      () => mutated(system, lambda, set({ Runtime: 'nodejs20.x' })),
      /^functions: .*Runtime/,
    ],
    [
      'another processor',
      () => mutated(system, lambda, set({ Architectures: ['x86_64'] })),
      /^functions: .*Architectures/,
    ],
    [
      "a function with Lambda's own log group",
      () => mutated(system, lambda, without('LoggingConfig')),
      /^functions: .*for ever/,
    ],
    [
      "a function with Lambda's lines about each invocation",
      () => mutated(system, lambda, (one) => set({ SystemLogLevel: 'INFO' })(inside(one, 'LoggingConfig'))),
      /^functions: .*SystemLogLevel: expected WARN/,
    ],
    [
      'a function whose metrics are below its log level',
      () =>
        mutated(system, lambda, (one) => set({ ApplicationLogLevel: 'WARN' })(inside(one, 'LoggingConfig'))),
      /^functions: .*ApplicationLogLevel: expected INFO/,
    ],
    ['logs for ever', () => mutated(system, 'AWS::Logs::LogGroup', without('RetentionInDays')), /^logGroups/],
    [
      'a family of actions',
      () => mutated(system, 'AWS::IAM::Policy', allow('s3:Get*')),
      /^permissions: .*s3:Get\*/,
    ],
    [
      'all actions, in a list',
      () => mutated(system, 'AWS::IAM::Policy', allow(['s3:GetObject', '*'])),
      /^permissions: .*allows \*,/,
    ],
    [
      'a family of actions in an inline policy',
      () =>
        mutated(
          system,
          'AWS::IAM::Role',
          (one) =>
            set({ PolicyDocument: { Statement: { Effect: 'Allow', Action: 'ec2:*' } } })(
              inside(one, 'Policies'),
            ),
          ({ RoleName }) => RoleName === 'prod-orders-restore',
        ),
      /^permissions: .*ec2:\*/,
    ],
    [
      'a short visibility',
      () => mutated(system, 'AWS::SQS::Queue', set({ VisibilityTimeout: 30 }), queueOf),
      /^redelivery: .*hidden for 30 s/,
    ],
    [
      'few receives',
      () =>
        mutated(
          system,
          'AWS::SQS::Queue',
          (one) => set({ maxReceiveCount: 5 })(inside(one, 'RedrivePolicy')),
          queueOf,
        ),
      /^redelivery: .*given up after/,
    ],
    [
      'a short retention',
      () => mutated(system, 'AWS::SQS::Queue', set({ MessageRetentionPeriod: 60 }), queueOf),
      /^redelivery: .*expires/,
    ],
    [
      'a template too long',
      () => mutated(system, alarm, set({ AlarmDescription: 'x'.repeat(1_000_000) })),
      /^size: .*characters, 1000000 are accepted: shorten/,
    ],
    [
      '501 resources',
      () =>
        mutated(system, alarm, (_, { Resources }) => {
          for (let index = 0; index < 501; index += 1) Resources[`X${index}`] = { Type: 'X', Properties: {} };
        }),
      /^size: .*resources/,
    ],
  ])('catch %s', (_, findings, expected) => {
    expect(findings()).toContainEqual(expect.stringMatching(expected));
  });

  it('refuse the templates, naming stack, rule and resource', () => {
    const template = structuredClone(templates[system]!);
    for (const [, properties] of resourcesOf(template, cluster)) properties['Encrypted'] = false;
    const check = () => checkTemplates(completeFleet, [{ stackName: system, template }]);
    expect(check).toThrow(TemplateRuleError);
    expect(check).toThrow(/prod-orders: databases: DatabaseCluster\w+: Encrypted: expected true/);
  });
});

describe('a composite alarm', () => {
  it('with a rule that CloudWatch would not take, or that notifies nobody, is found', () => {
    const findings = findingsOf(
      {
        Resources: { Page: { Type: 'AWS::CloudWatch::CompositeAlarm', Properties: { AlarmRule: 'ALARM(' } } },
      },
      context,
    );
    expect(findings).toEqual([
      expect.stringMatching(/^compositeAlarms: Page: AlarmRule .*got "the end"|expected an alarm/),
      'compositeAlarms: Page: notifies nobody',
    ]);
  });

  it('may notify nobody where others tell each of its causes', () => {
    const alarm = (told: boolean) => ({
      Type: 'AWS::CloudWatch::Alarm',
      Properties: { EvaluationPeriods: 1, Period: 60, ...(told && { AlarmActions: ['topic'] }) },
    });
    const composite = (causes: string[], told: boolean) => ({
      Type: 'AWS::CloudWatch::CompositeAlarm',
      Properties: {
        AlarmRule: {
          'Fn::Join': [
            '',
            causes.flatMap((id) => ['ALARM(', { 'Fn::GetAtt': [id, 'Arn'] }, ') OR ', 'FALSE']),
          ],
        },
        ...(told && { AlarmActions: ['topic'] }),
      },
    });
    const found = (Resources: Record<string, ReturnType<typeof alarm | typeof composite>>) =>
      findingsOf({ Resources }, context);
    const tellsItself = { Disk: alarm(true), Slow: alarm(false), Ticket: composite(['Slow'], true) };
    expect(found({ ...tellsItself, Sum: composite(['Disk'], false) })).toEqual([]);
    expect(found({ Disk: alarm(false), Sum: composite(['Disk'], false) })).toEqual([
      'alarms: Disk: notifies nobody',
      'compositeAlarms: Sum: notifies nobody',
    ]);
  });
});

describe('roughly', () => {
  it('puts something of the length of an ARN where a reference stands', () => {
    expect(roughly({ 'Fn::Join': ['-', ['a', { Ref: 'B' }]] })).toMatch(/^a-B-{109}$/);
  });
});
