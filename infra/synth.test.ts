import { ArtifactType } from 'aws-cdk-lib/cloud-assembly-schema';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BundleEntries } from './bundle.ts';
import { BudgetError } from './errors.ts';
import { FleetConfigError } from '../fleet/errors.ts';
import { parseFleet } from '../fleet/fleet.ts';
import { stageMaxLength, systemMaxLength } from '../fleet/names.ts';
import { findingsOf } from './rules/index.ts';
import { synthesize } from './synth.ts';
import { type Template } from './rules/template.ts';
import { emptyFunctions, projectDirectory } from './testing/emptyFunctions.ts';
import {
  everything,
  exampleFleet,
  expectedPeak,
  propertiesOf,
  resourcesOf,
  templatesOf,
} from './testing/templates.ts';

let directory: Awaited<ReturnType<typeof projectDirectory>>;
let entries: BundleEntries;
let prod: Record<string, Template>;
let local: Record<string, Template>;
let fifty: Record<string, Template>;
let one: Record<string, Template>;
let many: Record<string, Template>;

beforeAll(async () => {
  directory = await projectDirectory();
  entries = await emptyFunctions(directory.path);
  prod = await templatesOf(directory.path, 'prod', { fleet: exampleFleet, entries, stages: ['prod'] });
  local = await templatesOf(directory.path, 'local', {
    fleet: exampleFleet,
    entries,
    stages: ['local'],
    validate: false,
  });
  one = await stageOfMany(1);
  fifty = await stageOfMany(50);
  many = await stageOfMany(200);
  // Half a minute of a whole core, which others share.
}, 180_000);
afterAll(() => directory.remove());

/** The longest names that there may be: what has no room for them is known before anybody uses them. */
const longStage = 'production-latam';
const longSystem = (index: number): string => `orders-of-store-no-${String(index + 1).padStart(5, '0')}`;

/** A stage of so many systems. Two hundred share one account's concurrency. */
const stageOfMany = (systems: number) =>
  templatesOf(directory.path, String(systems), {
    fleet: parseFleet({
      ...exampleFleet,
      accountConcurrency: 10_000,
      systems: Array.from({ length: systems }, (_, index) => ({ name: longSystem(index), expectedPeak })),
      stages: { ...exampleFleet.stages, [longStage]: {} },
    }),
    entries,
    stages: [longStage],
    validate: false,
  });

const byText = (a: unknown, b: unknown): number => String(a).localeCompare(String(b));

describe('a stage', () => {
  it('has the stacks of its network, fleet and systems, for 1, 3, 50 and 200 systems', () => {
    expect(Object.keys(one).sort()).toEqual([
      'headroom-account',
      `${longStage}-fleet`,
      `${longStage}-network`,
      `${longStage}-${longSystem(0)}`,
    ]);
    expect(Object.keys(prod)).toHaveLength(6);
    expect(Object.keys(fifty)).toHaveLength(53);
    // And of three further pages of dashboards.
    expect(Object.keys(many)).toHaveLength(206);
    expect(Object.keys(many)).toContain(`${longStage}-fleet-dashboards`);
  });

  it('breaks no rule at 1, 50 or 200 systems', () => {
    for (const stage of [one, fifty, many]) {
      for (const [name, template] of Object.entries(stage)) {
        expect(
          findingsOf(template, { shortestPeriodSeconds: 60, openRoutes: [], keyedRoutes: [] }),
          name,
        ).toEqual([]);
      }
    }
  });

  it('leaves a tenth of every template’s room free, at 200 systems and the longest names', () => {
    expect([longStage.length, longSystem(199).length]).toEqual([stageMaxLength, systemMaxLength]);
    for (const [name, template] of Object.entries(many)) {
      // Of 1,000,000 characters, as CDK writes them, and of 500 resources.
      expect(JSON.stringify(template, undefined, 1).length, name).toBeLessThan(900_000);
      expect(Object.keys(template.Resources).length, name).toBeLessThan(450);
    }
  });

  it("changes the fleet's stacks alone when systems are added, beside their own", () => {
    const added = Object.keys(many).filter((name) => !(name in fifty));
    expect(added.filter((name) => !name.startsWith(`${longStage}-fleet-dashboards`))).toHaveLength(150);
    const changed = Object.keys(fifty).filter(
      (name) => JSON.stringify(fifty[name]) !== JSON.stringify(many[name]),
    );
    expect(changed).toEqual([`${longStage}-fleet`]);
  });

  it('keeps the fleet free of references to the other stacks', () => {
    everything(prod['prod-fleet'], (node) => expect(Object.keys(node)).not.toContain('Fn::ImportValue'));
  });

  it('takes nothing from a system: removing one is never held up by another', () => {
    const systems = Object.entries(fifty).filter(
      ([name]) => name !== 'headroom-account' && !/-(network|fleet|fleet-dashboards(-\d)?)$/.test(name),
    );
    expect(systems).toHaveLength(50);
    const exportedBySystems = systems
      .flatMap(([, { Outputs = {} }]) => Object.values(Outputs))
      .filter((output) => 'Export' in (output as object));
    expect(exportedBySystems).toEqual([]);
  });

  it('shares one bundle among all functions', () => {
    const keys = Object.values(prod).flatMap((template) =>
      propertiesOf(template, 'AWS::Lambda::Function').map(({ Code }) => (Code as { S3Key: string }).S3Key),
    );
    expect(keys).toHaveLength(9);
    expect(new Set(keys).size).toBe(1);
  });

  it('uses locally only the intrinsics that the local stage resolves', () => {
    const used = new Set<string>();
    for (const { Resources } of Object.values(local)) {
      everything(Resources, (node) => {
        const [key, ...others] = Object.keys(node);
        if (others.length === 0 && (key === 'Ref' || key?.startsWith('Fn::'))) used.add(key);
      });
    }
    expect([...used].sort()).toEqual(['Fn::GetAtt', 'Fn::ImportValue', 'Fn::Join', 'Ref']);
  });

  it('deploys in the order of dependencies: account and network first, then the fleet, then each system', async () => {
    const { stacks } = await synthesize({
      fleet: exampleFleet,
      entries,
      stages: ['prod'],
      validate: false,
      outputDirectory: join(directory.path, 'ordered'),
    });
    const dependenciesOf = (name: string) =>
      stacks
        .find(({ stackName }) => stackName === name)!
        .dependencies.filter(({ manifest }) => manifest.type === ArtifactType.AWS_CLOUDFORMATION_STACK)
        .map(({ id }) => id)
        .sort();
    for (const system of ['prod-orders', 'prod-payments', 'prod-returns']) {
      expect(dependenciesOf(system)).toEqual(['headroom-account', 'prod-fleet', 'prod-network']);
    }
    for (const shared of ['headroom-account', 'prod-network', 'prod-fleet']) {
      expect(dependenciesOf(shared)).toEqual([]);
    }
  });

  it('has the same resources locally as in production', () => {
    const typesOf = (template: Template | undefined) =>
      Object.values(template!.Resources).map(({ Type }) => Type);
    for (const stack of ['network', 'fleet', 'orders']) {
      expect(typesOf(local[`local-${stack}`]), stack).toEqual(typesOf(prod[`prod-${stack}`]));
    }
  });
});

describe('a budget that does not come out', () => {
  it('stops the synthesis before anything is written', async () => {
    const tooMany = parseFleet({
      ...exampleFleet,
      stages: {
        ...exampleFleet.stages,
        prod: { ...exampleFleet.stages['prod'], api: { reservedConcurrency: 300 } },
      },
    });
    const options = { fleet: tooMany, stages: ['prod'], entries };
    const outputDirectory = join(directory.path, 'refused');
    await expect(synthesize({ ...options, outputDirectory })).rejects.toThrow(BudgetError);
    await expect(synthesize({ ...options, outputDirectory })).rejects.toThrow(/614 may be needed and 400/);
    expect(await readdir(directory.path)).not.toContain('refused');
  });

  it('names an unknown stage', async () => {
    const synthesis = synthesize({
      fleet: exampleFleet,
      stages: ['prd'],
      outputDirectory: directory.path,
      entries,
    });
    await expect(synthesis).rejects.toThrow(FleetConfigError);
    await expect(synthesis).rejects.toThrow('no stage "prd"; expected one of prod, local');
  });
});

describe('the network', () => {
  it('spans three zones without a way out', () => {
    const network = prod['prod-network'];
    const zones = propertiesOf(network, 'AWS::EC2::Subnet').map((subnet) => subnet['AvailabilityZone']);
    const three = ['us-east-1a', 'us-east-1b', 'us-east-1c'];
    expect(zones.toSorted(byText)).toEqual([...three, ...three].sort());
    for (const type of ['AWS::EC2::NatGateway', 'AWS::EC2::InternetGateway']) {
      expect(resourcesOf(network, type)).toEqual([]);
    }
  });

  it('reaches the services that the functions call, over HTTPS from inside only', () => {
    const network = prod['prod-network'];
    expect(
      propertiesOf(network, 'AWS::EC2::VPCEndpoint')
        .map((endpoint) => endpoint['ServiceName'])
        .toSorted(byText),
    ).toEqual(['com.amazonaws.us-east-1.secretsmanager', 'com.amazonaws.us-east-1.sqs']);
    const [group] = propertiesOf(network, 'AWS::EC2::SecurityGroup');
    expect(group!['SecurityGroupIngress']).toEqual([
      expect.objectContaining({ FromPort: 443, ToPort: 443, IpProtocol: 'tcp' }),
    ]);
  });

  it('requires TLS of every database connection', () => {
    const [parameters] = propertiesOf(prod['prod-network'], 'AWS::Redshift::ClusterParameterGroup');
    expect(parameters!['Parameters']).toEqual([{ ParameterName: 'require_ssl', ParameterValue: 'true' }]);
  });
});

describe('the fleet', () => {
  it('has an on-call topic under the name that the alarms derive, with a key that alarms may use', () => {
    const fleetTemplate = prod['prod-fleet'];
    expect(propertiesOf(fleetTemplate, 'AWS::SNS::Topic')).toEqual([
      { TopicName: 'prod-fleet-on-call', KmsMasterKeyId: { 'Fn::GetAtt': [expect.any(String), 'Arn'] } },
    ]);
    expect(JSON.stringify(propertiesOf(fleetTemplate, 'AWS::KMS::Key'))).toContain(
      '"cloudwatch.amazonaws.com"',
    );
    const subscriptions = propertiesOf(fleetTemplate, 'AWS::SNS::Subscription');
    expect(subscriptions.map(({ Protocol, Endpoint }) => [Protocol, Endpoint])).toEqual([
      ['email', 'on-call@example.com'],
      ['https', 'https://example.com/page'],
    ]);
    const [action] = propertiesOf(local['local-orders'], 'AWS::CloudWatch::CompositeAlarm').flatMap(
      ({ AlarmActions }) => AlarmActions as string[],
    );
    expect(action).toBe('arn:aws:sns:us-east-1:000000000000:local-fleet-on-call');
  });

  const named = (type: string, key: string, name: string) =>
    propertiesOf(prod['prod-fleet'], type).find((properties) => properties[key] === name)!;

  it.each([
    ['probe', 'rate(1 minute)', { HEADROOM_STAGE: 'prod', PROVEN_BY_STAGE: 'prod' }],
    ['canary', 'rate(1 minute)', { HEADROOM_STAGE: 'prod', UV_THREADPOOL_SIZE: '64' }],
    [
      'comparison',
      'rate(15 minutes)',
      { HEADROOM_STAGE: 'prod', METRIC_PERIOD_SECONDS: '60', API_RESERVED_CONCURRENCY: '10' },
    ],
  ])('runs the %s by the clock, outside the network', (kind, ScheduleExpression, Variables) => {
    const name = `prod-fleet-${kind}`;
    const properties = named('AWS::Lambda::Function', 'FunctionName', name);
    expect(properties).toMatchObject({ Handler: `${kind}.handler`, Timeout: 50, Environment: { Variables } });
    expect(properties).not.toHaveProperty('VpcConfig');
    expect(named('AWS::Events::Rule', 'Name', name)).toMatchObject({ ScheduleExpression, State: 'ENABLED' });
  });

  it('repeats no run that failed or came late: the next is due by then', () => {
    const asked = propertiesOf(prod['prod-fleet'], 'AWS::Lambda::EventInvokeConfig');
    expect(asked).toHaveLength(3);
    for (const config of asked) {
      expect(config).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
    }
  });

  it('tells the canary when it was due and which systems are configured, at 200 within what a rule takes', async () => {
    const [target] = named('AWS::Events::Rule', 'Name', 'prod-fleet-canary')['Targets'] as {
      InputTransformer: { InputTemplate: string; InputPathsMap: unknown };
    }[];
    const { InputTemplate, InputPathsMap } = target!.InputTransformer;
    expect(JSON.parse(InputTemplate.replace('<time>', '"now"'))).toEqual({
      time: 'now',
      systems: ['orders', 'payments', 'returns'],
    });
    expect(InputPathsMap).toEqual({ time: '$.time' });
    const longest = JSON.stringify({
      systems: Array.from({ length: 200 }, () => 's'.repeat(systemMaxLength)),
    });
    expect(longest.length + 20).toBeLessThanOrEqual(8_192);
  });

  it('lets nobody but CloudWatch publish to on-call', () => {
    const [{ PolicyDocument } = { PolicyDocument: {} }] = propertiesOf(
      prod['prod-fleet'],
      'AWS::SNS::TopicPolicy',
    );
    const { Statement } = PolicyDocument as { Statement: Record<string, unknown>[] };
    expect(Statement.filter(({ Effect }) => Effect === 'Allow')).toEqual([
      expect.objectContaining({
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
    ]);
  });

  it('draws an overview, and the dashboards that the alarms name', () => {
    expect(
      propertiesOf(prod['prod-fleet'], 'AWS::CloudWatch::Dashboard').map((drawn) => drawn['DashboardName']),
    ).toEqual(['prod-fleet-overview', 'prod-fleet-application', 'prod-fleet-database']);
  });
});
