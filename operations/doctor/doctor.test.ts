import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { EC2Client, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { CreateTopicCommand, NotFoundException, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadFleet, withSystems } from '../../fleet/fleet.ts';
import { requireRunningStage } from '../../local/stageFile.ts';
import { discoverSystems } from '../../fleet/discovery.ts';
import { tellingAlarmsOf } from '../../monitoring/alarms/telling.ts';
import { documentOf } from '../../fleet/testing/systemDocument.ts';
import { systemClock } from '../../core/clock.ts';
import { AwsEndpoint } from '../../service/testing/awsEndpoint.ts';
import { connect, type Connection } from '../connection.ts';
import { defaultConfig } from '../../bin/context.ts';
import { Headroom } from '../../bin/testing/headroom.ts';
import type { Finding } from './check.ts';
import { examine } from './doctor.ts';
import { advisedFor } from './advised.ts';
import { checkAlarms, checkOnCall, checkSecrets } from './stage.ts';

let stateDirectory: string;
let up: Headroom;
let connection: Connection;
beforeAll(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'headroom-doctor-'));
  up = new Headroom({ stateDirectory }, 'up', '--systems', '1');
  await up.says('is ready at');
  connection = await connect({ stage: 'local', region: 'us-east-1', stateDirectory, onThisMachine: true });
}, 60_000);
afterAll(async () => {
  up.child.kill('SIGTERM');
  await up.exited;
  await rm(stateDirectory, { recursive: true });
});

const optionsOf = async (systems: number) => ({
  fleet: withSystems(await loadFleet(defaultConfig), systems),
  configurationHash: 'hash',
  config: 'services/our fleet.ts',
  release: 'release',
  stage: 'local',
  connection,
  path: '/nowhere',
  clock: systemClock,
  signal: new AbortController().signal,
});
const examined = async (systems: number, beforeDeployment = false): Promise<Finding[]> =>
  examine({ ...(await optionsOf(systems)), beforeDeployment });
const wrongWith = (findings: readonly Finding[], check: string): string[] =>
  findings.filter((one) => one.check === check && one.state === 'missing').map(({ text }) => text);
const clientConfig = async () => {
  const { endpointUrl: endpoint, region, credentials } = await requireRunningStage(stateDirectory, 'local');
  return { endpoint, region, credentials };
};

it('advises commands for the configuration that it examined', () => {
  expect(advisedFor(null).headroom('migrate --stage qa')).toBe('npx headroom migrate --stage qa');
  expect(advisedFor(null).deploy('qa', 'orders')).toBe(
    'HEADROOM_STAGE=qa npx cdk deploy --exclusively qa-orders',
  );
  expect(advisedFor('other/fleet.config.ts').deploy('qa', 'orders')).toBe(
    'HEADROOM_STAGE=qa HEADROOM_CONFIG=other/fleet.config.ts npx cdk deploy --exclusively qa-orders',
  );
});

describe('headroom doctor', () => {
  it('finds nothing wrong with a stage as it was made, and asks here for neither on-call nor evidence', async () => {
    const findings = await examined(1);
    // The fleet's own alarms go off until canary and probe have run.
    const rest = findings.filter(({ check }) => check !== 'alarms');
    expect(rest.map(({ check, state }) => [check, state])).toEqual(
      ['systems', 'secrets', 'schema', 'network', 'k6'].map((check) => [check, 'ok']),
    );
  });

  it('names what is missing, each with what to do', async () => {
    const config = await clientConfig();
    const [system] = await discoverSystems(new SSMClient(config), 'local');
    const { dbServers, rule } = system!.securityGroups;
    await new EC2Client(config).send(
      new RevokeSecurityGroupIngressCommand({
        GroupId: dbServers,
        IpPermissions: [
          {
            IpProtocol: rule.ipProtocol,
            FromPort: rule.port,
            ToPort: rule.port,
            UserIdGroupPairs: [{ GroupId: rule.sourceGroupId, Description: rule.description }],
          },
        ],
      }),
    );
    const lost = { ...system!.cluster, probeSecretArn: `${system!.cluster.probeSecretArn}-lost` };
    const Value = JSON.stringify({ ...system, cluster: { ...lost, schema: 'never_migrated' } });
    await new SSMClient(config).send(
      new PutParameterCommand({ Name: '/headroom/local/system-01', Value, Type: 'String', Overwrite: true }),
    );

    const findings = await examined(2);
    expect(wrongWith(findings, 'systems')).toEqual([
      "system-02 is configured but not deployed: start it again with npx headroom up --config 'services/our fleet.ts'",
    ]);
    expect(wrongWith(findings, 'network')).toEqual([
      'system-01: nothing reaches its database: npx headroom chaos restore --stage local --from-document' +
        " --config 'services/our fleet.ts'",
    ]);
    expect(wrongWith(findings, 'secrets')).toEqual([
      'system-01: that of the probe user is not there; deploy the system again',
    ]);
    expect(wrongWith(findings, 'schema')).toEqual([
      expect.stringMatching(
        /^system-01 was never migrated.* npx headroom migrate --stage local --system system-01 --config 'services\/our fleet.ts'$/,
      ),
    ]);
  });

  it('holds no deployment up for what it brings itself', async () => {
    const findings = await examined(2, true);
    expect(findings.filter(({ state }) => state === 'later').map(({ check }) => check)).toEqual(
      expect.arrayContaining(['systems', 'schema']),
    );
    expect(wrongWith(findings, 'systems')).toEqual([]);
    expect(wrongWith(findings, 'schema')).toEqual([]);
    expect(wrongWith(findings, 'secrets')).toHaveLength(1);
    expect(wrongWith(findings, 'network')).toHaveLength(1);
    const atFirst = await examine({ ...(await optionsOf(2)), stage: 'qa', beforeDeployment: true });
    expect(wrongWith(atFirst, 'systems')).toEqual([]);
  });

  it('says who is called already', async () => {
    const cloudWatch = new CloudWatchClient(await clientConfig());
    // The next look at its metric sets it back, and may come before the composite's.
    const setOff = () =>
      cloudWatch.send(
        new SetAlarmStateCommand({
          AlarmName: 'local-system-01-deadLetters',
          StateValue: 'ALARM',
          StateReason: 'for the test',
        }),
      );
    await vi.waitFor(async () => {
      await setOff();
      expect(wrongWith(await examined(1), 'alarms')).toContain('local-system-01-pageMessages is in ALARM');
    }, 25_000);
  });

  it('names the alarms that are not there, or may not speak', async () => {
    const aws = await AwsEndpoint.start();
    try {
      const alarm = { AlarmName: 'qa-orders-page', StateValue: 'OK', ActionsEnabled: false };
      aws.actions.set('DescribeAlarms', () => ({ CompositeAlarms: [alarm], MetricAlarms: [] }));
      const clients = { ...connection.clients, cloudWatch: new CloudWatchClient(aws.clientConfig) };
      const { signal } = new AbortController();
      const findings = await checkAlarms(
        clients,
        'qa',
        [documentOf('orders', 'http://api')],
        signal,
        advisedFor(null),
      );
      expect(findings.map(({ text }) => text)).toEqual([
        ...[
          ...tellingAlarmsOf('qa', 'orders').filter((name) => name !== 'qa-orders-page'),
          'qa-fleet-affected',
          'qa-fleet-blind',
          'qa-fleet-unanswered',
        ].map((name) => `${name} is not there`),
        'qa-orders-page notifies nobody: npx headroom resume --stage qa, or enable its actions',
      ]);
    } finally {
      await aws.stop();
    }
  });

  it('tells by its exit code, to a machine too', async () => {
    const doctor = new Headroom({ stateDirectory }, 'doctor', '--json');
    expect(await doctor.exited).toBe(10);
    const findings = JSON.parse(doctor.stdout) as Finding[];
    expect(wrongWith(findings, 'systems')).toHaveLength(2);
    const unknown = new Headroom({ stateDirectory }, 'doctor', '--stage', 'nowhere');
    expect(await unknown.exited).toBe(2);
  });

  it('asks on AWS who is on call also where no system is there to tell the account', async () => {
    const findings = await examine({
      ...(await optionsOf(1)),
      stage: 'qa',
      connection: { ...connection, place: 'aws' },
      beforeDeployment: true,
    });
    expect(findings.filter(({ check }) => check === 'on-call')).toHaveLength(1);
  });

  it('asks for the secrets that callers of an API need', async () => {
    const secret = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:nobody-has-it-a1b2c3';
    const keyed = documentOf('orders', 'http://127.0.0.1:1');
    const ofNone = { ...keyed, cluster: undefined };
    expect(
      await checkSecrets(connection.clients, { ...ofNone, api: { ...keyed.api, keySecretArn: secret } }),
    ).toEqual([
      {
        check: 'secrets',
        state: 'missing',
        text: 'orders: that of its API key is not there; deploy the system again',
      },
    ]);
    const auth = { by: 'apiKey', secretArn: secret, header: 'x-api-key' } as const;
    expect(await checkSecrets(connection.clients, { ...ofNone, adopted: true, auth })).toMatchObject([
      { state: 'missing', text: 'orders: that of its callers is not there; correct its adopt' },
    ]);
  });

  it('counts only who has confirmed as told', async () => {
    const sns = new SNSClient(await clientConfig());
    const asked = (nobody?: string): Promise<Finding[]> =>
      checkOnCall(connection.clients, { stage: 'qa', region: 'us-east-1', nobody });
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'qa-fleet-on-call' }));
    expect(await asked()).toMatchObject([
      { state: 'missing', text: expect.stringContaining('nobody is notified') },
    ]);
    // Whoever says why has thought of it: no deployment is held up.
    expect(await asked('the owner looks each morning')).toMatchObject([
      { state: 'later', text: 'nobody is notified, as configured: the owner looks each morning' },
    ]);
    await sns.send(
      new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: 'arn:aws:sqs:us-east-1:000000000000:q' }),
    );
    expect(await asked()).toEqual([{ check: 'on-call', state: 'ok', text: '1 confirmed' }]);
    // SNS refuses where there is no topic, and the stage does not.
    sns.middlewareStack.add(
      () => () => Promise.reject(new NotFoundException({ message: 'Topic does not exist', $metadata: {} })),
      { step: 'initialize' },
    );
    const { sts } = connection.clients;
    expect(await checkOnCall({ sns, sts }, { stage: 'qa', region: 'us-east-1', nobody: undefined })).toEqual([
      {
        check: 'on-call',
        state: 'later',
        text: 'nobody is notified: arn:aws:sns:us-east-1:000000000000:qa-fleet-on-call is not there; deploy the fleet',
      },
    ]);
  });
});
