import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
  type CreateScheduleCommandInput,
} from '@aws-sdk/client-scheduler';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../../core/testing/manualClock.ts';
import { newRestApi } from '../../api/definition.ts';
import { TokenBucket } from '../../api/tokenBucket.ts';
import { startTestEndpoint, type TestEndpoint } from '../testing/testEndpoint.ts';
import { fireDue } from './fireDue.ts';

const permission = {
  protocol: 'tcp',
  fromPort: 5_439,
  toPort: 5_439,
  source: { groupId: 'sg-ingress' },
  description: 'the only way in',
};

let clock: ManualClock;
let endpoint: TestEndpoint;
let client: SchedulerClient;
beforeEach(async () => {
  clock = new ManualClock(Math.floor(Date.now() / 1_000) * 1_000);
  endpoint = await startTestEndpoint(clock);
  client = new SchedulerClient(endpoint.clientConfig);
  for (const id of ['sg-ingress', 'sg-servers']) {
    endpoint.state.securityGroups.addGroup({ id, name: id, description: id, vpcId: 'vpc-1' });
  }
});
afterEach(async () => {
  client.destroy();
  await endpoint.close();
});

const schedule = (change: Partial<CreateScheduleCommandInput> = {}): CreateScheduleCommandInput => ({
  Name: 'restore-1',
  ScheduleExpression: `at(${new Date(clock.now() + 60_000).toISOString().slice(0, 19)})`,
  FlexibleTimeWindow: { Mode: 'OFF' },
  ActionAfterCompletion: 'DELETE',
  Target: {
    Arn: 'arn:aws:scheduler:::aws-sdk:ec2:authorizeSecurityGroupIngress',
    RoleArn: 'arn:aws:iam::000000000000:role/local-restore',
    Input: JSON.stringify({
      GroupId: 'sg-servers',
      IpPermissions: [
        {
          IpProtocol: 'tcp',
          FromPort: 5_439,
          ToPort: 5_439,
          UserIdGroupPairs: [{ GroupId: 'sg-ingress', Description: 'the only way in' }],
        },
      ],
    }),
  },
  ...change,
});

const create = (change?: Partial<CreateScheduleCommandInput>) =>
  client.send(new CreateScheduleCommand(schedule(change)));
const tick = () => fireDue(endpoint.state, clock.now());
const rules = () => endpoint.state.securityGroups.rulesOf('sg-servers');

describe('EventBridge Scheduler', () => {
  it('gives a revoked rule back at its time, and is gone then', async () => {
    const { ScheduleArn } = await create();
    expect(ScheduleArn).toBe('arn:aws:scheduler:us-east-1:000000000000:schedule/default/restore-1');
    clock.advance(59_999);
    expect(tick()).toEqual([]);
    expect(rules()).toEqual([]);
    clock.advance(1);
    expect(tick()).toEqual([]);
    expect(rules()).toEqual([expect.objectContaining(permission)]);
    await expect(client.send(new GetScheduleCommand({ Name: 'restore-1' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('is content with a rule that is there already', async () => {
    await create({ ActionAfterCompletion: 'NONE' });
    endpoint.state.securityGroups.authorizeIngress('sg-servers', [permission]);
    clock.advance(60_000);
    expect(tick()).toEqual([]);
    expect(rules()).toHaveLength(1);
    // It fires once only, also where it stays.
    endpoint.state.securityGroups.revokeIngress('sg-servers', [permission]);
    tick();
    expect(rules()).toEqual([]);
    expect((await client.send(new GetScheduleCommand({ Name: 'restore-1' }))).Name).toBe('restore-1');
  });

  it('never fires once it is deleted', async () => {
    await create();
    await client.send(new DeleteScheduleCommand({ Name: 'restore-1' }));
    clock.advance(60_000);
    tick();
    expect(rules()).toEqual([]);
    await expect(client.send(new DeleteScheduleCommand({ Name: 'restore-1' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('shows what was asked for, and lists by prefix', async () => {
    await create({ Description: 'safety net' });
    await create({ Name: 'other' });
    const { Target, ScheduleExpression } = schedule();
    expect(await client.send(new GetScheduleCommand({ Name: 'restore-1' }))).toMatchObject({
      Description: 'safety net',
      Target,
      ScheduleExpression,
      State: 'ENABLED',
    });
    const { Schedules } = await client.send(new ListSchedulesCommand({ NamePrefix: 'rest' }));
    expect(Schedules?.map(({ Name }) => Name)).toEqual(['restore-1']);
    expect((await client.send(new ListSchedulesCommand({ State: 'DISABLED' }))).Schedules).toEqual([]);
  });

  it('takes the same call twice with one token, and refuses the name otherwise', async () => {
    await create({ ClientToken: 'once' });
    await create({ ClientToken: 'once' });
    await expect(create({ ClientToken: 'another' })).rejects.toMatchObject({ name: 'ConflictException' });
    // A client of the SDK always has a token.
    const { oneTimeSchedules } = endpoint.state;
    const untold = { ...oneTimeSchedules.get('restore-1'), name: 'untold', clientToken: undefined };
    oneTimeSchedules.create(untold);
    expect(() => oneTimeSchedules.create(untold)).toThrow(
      expect.objectContaining({ code: 'ConflictException' }),
    );
  });

  it('reads its time in UTC, wherever the machine is', async () => {
    vi.stubEnv('TZ', 'America/Santiago');
    try {
      await create();
      clock.advance(60_000);
      tick();
      expect(rules()).toHaveLength(1);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it.each<[string, Partial<CreateScheduleCommandInput>]>([
    ['ScheduleExpression', { ScheduleExpression: 'rate(1 minute)' }],
    ['expected a time that exists', { ScheduleExpression: 'at(2026-13-03T12:00:00)' }],
    ['ScheduleExpressionTimezone', { ScheduleExpressionTimezone: 'America/Santiago' }],
    ['FlexibleTimeWindow.Mode', { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 } }],
    ['GroupName', { GroupName: 'mine' }],
    ['Target.Arn', { Target: { ...schedule0(), Arn: 'arn:aws:scheduler:::aws-sdk:ec2:stopInstances' } }],
    ['Target.RoleArn', { Target: { ...schedule0(), RoleArn: 'nobody' } }],
  ])('refuses by name what it does not do: %s', async (member, change) => {
    await expect(create(change)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(member),
    });
  });

  it("removes a method's own throttle from a stage of an API, once", async () => {
    const api = newRestApi('abc123', 'api');
    const methodThrottles = new Map([['getItem/GET', new TokenBucket(1, 1)]]);
    api.stages.set('qa', {
      name: 'qa',
      variables: {},
      throttle: undefined,
      methodThrottles,
      apiKeys: new Map(),
    });
    endpoint.state.restApis.set(api.id, api);
    const Arn = 'arn:aws:scheduler:::aws-sdk:apigateway:updateStage';
    const input = {
      RestApiId: 'abc123',
      StageName: 'qa',
      PatchOperations: [{ Op: 'remove', Path: '/getItem/GET' }],
    };
    await create({ Target: { ...schedule0(), Arn, Input: JSON.stringify(input) } });
    const wrong = { ...input, PatchOperations: [{ Op: 'add', Path: '/getItem/GET' }] };
    await create({ Name: 'wrong', Target: { ...schedule0(), Arn, Input: JSON.stringify(wrong) } });
    clock.advance(60_000);
    expect(tick()).toEqual([{ name: 'wrong', error: expect.stringContaining('PatchOperations[0].Op') }]);
    expect(api.stages.get('qa')?.methodThrottles.size).toBe(0);
  });

  it('tells of a target that refused, and of an action it lacks', async () => {
    await create({ Target: { ...schedule0(), Input: '{"GroupId":"sg-servers"}' } });
    clock.advance(60_000);
    expect(tick()).toEqual([{ name: 'restore-1', error: expect.stringContaining('IpPermissions') }]);
    const Input = (schedule().Target?.Input ?? '').replace('sg-servers', 'sg-gone');
    await create({ Name: 'restore-2', Target: { ...schedule0(), Input } });
    clock.advance(60_000);
    expect(tick()).toEqual([{ name: 'restore-2', error: "The security group 'sg-gone' does not exist" }]);
    await expect(client.send(new CreateScheduleGroupCommand({ Name: 'mine' }))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('"POST /schedule-groups/mine"'),
    });
  });
});

function schedule0() {
  return {
    Arn: 'arn:aws:scheduler:::aws-sdk:ec2:authorizeSecurityGroupIngress',
    RoleArn: 'arn:aws:iam::000000000000:role/local-restore',
    Input: '{}',
  };
}
