import { EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SystemDocument } from '../../fleet/systemDocument.ts';
import { systemClock } from '../../core/clock.ts';
import { startSecurityGroupStage } from '../testing/securityGroupStage.ts';
import type { DrillClients, FaultContext, RestoreContext } from './fault.ts';
import { revokeIngressRule } from './revokeIngressRule.ts';
import { service } from '../../service/testing/service.ts';

let stage: Awaited<ReturnType<typeof startSecurityGroupStage>>;
let system: SystemDocument;
let context: FaultContext & RestoreContext;
const identity = { drillId: 'drill', firstId: 5_000_000_000, service };
beforeAll(async () => {
  stage = await startSecurityGroupStage();
  system = stage.systems[0]!;
  context = {
    clients: { ec2: stage.ec2 } as DrillClients,
    clock: systemClock,
    publisher: { slipIn: () => Promise.resolve() },
    signal: new AbortController().signal,
    note: () => Promise.resolve(),
    injectedAtMs: 0,
    reached: [],
  };
});
afterAll(() => stage.close());
afterEach(() => revokeIngressRule.restore(revokeIngressRule.plan(system, identity).inverse, context));

describe('revokeIngressRule', () => {
  it("takes away the system's rule and no other, and gives it back", async () => {
    const { arguments: planned, inverse } = revokeIngressRule.plan(system, identity);
    expect(await revokeIngressRule.obstacle(planned, context.clients)).toBeNull();
    await revokeIngressRule.inject(planned, context);
    expect([stage.allows(0), stage.allows(1)]).toEqual([false, true]);
    await revokeIngressRule.restore(inverse, context);
    expect(stage.allows(0)).toBe(true);
  });

  it('asks whether it may, with the rule there or gone, and changes nothing', async () => {
    const plan = revokeIngressRule.plan(system, identity);
    const granted = [
      { action: 'ec2:RevokeSecurityGroupIngress', answer: 'granted', reason: null },
      { action: 'ec2:AuthorizeSecurityGroupIngress', answer: 'granted', reason: null },
    ];
    expect(await revokeIngressRule.permissions(plan, context.clients)).toEqual(granted);
    expect(stage.allows(0)).toBe(true);
    await revokeIngressRule.inject(plan.arguments, context);
    expect(await revokeIngressRule.permissions(plan, context.clients)).toEqual(granted);
    expect(stage.allows(0)).toBe(false);
  });

  it('asks an EC2 that knows no dry run only what puts the rule back', async () => {
    const sent: string[] = [];
    const send = (command: object): Promise<object> => {
      sent.push(command.constructor.name);
      return Promise.resolve({});
    };
    const clients = { ...context.clients, ec2: Object.assign(new EC2Client({}), { send }) };
    const answers = await revokeIngressRule.permissions(revokeIngressRule.plan(system, identity), clients);
    expect(sent).toEqual(['AuthorizeSecurityGroupIngressCommand']);
    expect(answers.map(({ answer }) => answer)).toEqual(['not asked', 'not asked']);
  });

  it('restores as often as asked', async () => {
    const { arguments: planned, inverse } = revokeIngressRule.plan(system, identity);
    await revokeIngressRule.restore(inverse, context);
    await revokeIngressRule.inject(planned, context);
    await revokeIngressRule.restore(inverse, context);
    await revokeIngressRule.restore(inverse, context);
    expect(stage.allows(0)).toBe(true);
  });

  it('says what to do about a rule that is not there, and does not count its revoke as done', async () => {
    const { arguments: planned } = revokeIngressRule.plan(system, identity);
    await revokeIngressRule.inject(planned, context);
    expect(await revokeIngressRule.obstacle(planned, context.clients)).toContain('headroom chaos restore');
    await expect(revokeIngressRule.inject(planned, context)).rejects.toMatchObject({
      name: 'FaultNotAppliedError',
      message: expect.stringContaining('tcp 5439 from sg-in-system-01'),
    });
  });

  it('does not take another error of the API for a missing rule', async () => {
    const elsewhere = { ...system, securityGroups: { ...system.securityGroups, dbServers: 'sg-unknown' } };
    const { arguments: planned } = revokeIngressRule.plan(elsewhere, identity);
    await expect(revokeIngressRule.inject(planned, context)).rejects.toMatchObject({
      name: 'InvalidGroup.NotFound',
    });
  });

  it('refuses a journal that was tampered with', async () => {
    await expect(revokeIngressRule.restore({ groupId: 'sg-1' }, context)).rejects.toThrow('sourceGroupId');
  });
});
