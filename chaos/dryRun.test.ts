import { AuthorizeSecurityGroupIngressCommand, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { ExecuteStatementCommand } from '@aws-sdk/client-redshift-data';
import { describe, expect, it } from 'vitest';
import type { Health } from '../monitoring/canary/checkHealth.ts';
import { drills, drillNamed } from './drills/index.ts';
import { dryRun } from './dryRun.ts';
import { formatDryRun } from './formatDryRun.ts';
import { drillOptions } from './testing/drillOptions.ts';
import { ScriptedStage, type Script } from './testing/scriptedStage.ts';
import { SelfMovingClock } from './testing/selfMovingClock.ts';

const healthy: Health = { healthy: true };

async function foretell(name: string, script: Script = {}, health = healthy) {
  const clock = new SelfMovingClock();
  const stage = new ScriptedStage(clock, script);
  const sent: object[] = [];
  stage.onCall = (when, command) => void (when === 'before' && sent.push(command));
  const before = stateOf(stage);
  const found = await dryRun({
    // It writes nothing.
    ...drillOptions(name, stage, { clock, directory: 'never' }),
    checkHealth: () => Promise.resolve(health),
  });
  return { found, sent, before, after: stateOf(stage) };
}

const stateOf = (stage: ScriptedStage) => ({
  rule: stage.ruleExists,
  changes: [...stage.changes],
  methodSettings: { ...stage.methodSettings },
  schedules: stage.armed,
  reboots: stage.reboots,
  sessions: stage.sessionCount,
  rows: [...stage.stored],
  deadLetters: stage.deadLetters,
  hidden: stage.hiddenLetters,
  load: stage.loadRunning,
});

const reading = /^(Describe|Get|List)/;

/** What a call would change, if it does more than read. */
function changeOf(command: object): string | null {
  const { name } = command.constructor;
  if (reading.test(name)) return null;
  if (command instanceof ExecuteStatementCommand) {
    const { Sql = '' } = command.input;
    return /^\s*select\b/i.test(Sql) && !Sql.includes('pg_terminate_backend') ? null : Sql;
  }
  const asksOnly =
    (command instanceof RevokeSecurityGroupIngressCommand ||
      command instanceof AuthorizeSecurityGroupIngressCommand) &&
    command.input.DryRun === true;
  return asksOnly ? null : name;
}

describe.each([...drills.keys()])('a dry run of %s', (name) => {
  it('leaves the stage as it is, and sends nothing that could change it', async () => {
    const { found, sent, before, after } = await foretell(name, { othersDeadLetter: 'theirs' });
    expect(after).toEqual(before);
    expect(sent.map(changeOf).filter((change) => change !== null)).toEqual([]);
    expect(found).toMatchObject({ drill: name, ready: true, refusals: [], systems: ['system-01'] });
  });

  it('looks at all that the drill will, plans each fault, and says what it could not ask', async () => {
    const { found } = await foretell(name);
    const drill = drillNamed(name);
    const steps = drill.steps({
      periodSeconds: 10,
      visibilityTimeoutMs: 4_000,
      hitsFleet: false,
      poisonKinds: 4,
    });
    const watched = new Set(Object.values(steps).flatMap(({ observe }) => observe));
    expect(new Set(found.looks.map(({ what }) => what))).toEqual(new Set(['healthcheck', ...watched]));
    expect(found.faults.map(({ fault }) => fault)).toEqual(drill.faults.map((fault) => fault.name));
    expect(found.permissions.find(({ action }) => action === 'sns:Publish')).toMatchObject({
      answer: 'not asked',
      system: 'system-01',
    });
    expect(found.steps.find(({ step }) => step === 'observe')).toEqual({
      step: 'observe',
      atMostSeconds: steps.observe.maximumMs / 1_000,
    });
  });
});

describe('a dry run', () => {
  it('asks EC2 for both changes of the rule, and names what undoes it', async () => {
    const { found } = await foretell('revoke-db-ingress');
    expect(
      found.permissions.filter(({ answer }) => answer === 'granted').map(({ action }) => action),
    ).toEqual(['ec2:RevokeSecurityGroupIngress', 'ec2:AuthorizeSecurityGroupIngress']);
    expect(found.permissions.map(({ action }) => action)).toContain('iam:PassRole');
    expect(found.faults[0]).toMatchObject({
      arguments: { groupId: 'sg-db-system-01', port: 5439 },
      inverse: { groupId: 'sg-db-system-01', port: 5439 },
      schedule: { target: 'arn:aws:scheduler:::aws-sdk:ec2:authorizeSecurityGroupIngress' },
    });
    const text = formatDryRun(found, { color: false });
    expect(text).toContain('nothing known prevents it');
    expect(text).toContain('✓ ec2:RevokeSecurityGroupIngress\n');
    expect(text).toContain(
      '? not checked, since AWS offers no dry run for it: scheduler:CreateSchedule, scheduler:DeleteSchedule, iam:PassRole',
    );
    expect(text).toContain('✓ queues: 0 messages\n');
    expect(text).toContain('a schedule calls arn:aws:scheduler:::aws-sdk:ec2:authorizeSecurityGroupIngress');
  });

  it('is not ready where a permission is missing', async () => {
    const { found, before, after } = await foretell('revoke-db-ingress', { changesForbidden: true });
    expect(found.ready).toBe(false);
    expect(found.permissions.slice(0, 2)).toMatchObject([{ answer: 'refused' }, { answer: 'refused' }]);
    expect(formatDryRun(found, { color: false })).toMatch(
      /it cannot be carried out[^]*✗ ec2:RevokeSecurityGroupIngress: refused: UnauthorizedOperation/,
    );
    expect(after).toEqual(before);
  });

  it.each<[string, Script, RegExp]>([
    ['an alarm that fires', { alarmBefore: 'ALARM' }, /already in ALARM: test-system-01-errorRate/],
    ['a page that notifies nobody', { alarmBefore: 'mute' }, /would notify nobody/],
    ['a rule that is gone', { ruleAbsent: true }, /has no rule tcp 5439/],
  ])('names %s', async (_what, script, refusal) => {
    const { found } = await foretell('revoke-db-ingress', script);
    expect(found.ready).toBe(false);
    expect(found.refusals).toEqual([expect.stringMatching(refusal)]);
  });

  it('names all that stands in the way, not the first alone', async () => {
    const { found } = await foretell('revoke-db-ingress', { alarmBefore: 'ALARM', ruleAbsent: true });
    expect(found.refusals).toHaveLength(2);
  });

  it('is not ready where a system does not answer', async () => {
    const ill: Health = { healthy: false, reason: 'status', detail: 'status 403' };
    const { found } = await foretell('revoke-db-ingress', {}, ill);
    expect(found.ready).toBe(false);
    expect(found.looks[0]).toMatchObject({ answer: 'problem', said: 'status: status 403' });
  });

  it('names what it would not ask of an adopted system, and what that costs', async () => {
    const clock = new SelfMovingClock();
    const stage = new ScriptedStage(clock);
    const { queues: _queues, topicArn: _topic, ...bare } = stage.document;
    const found = await dryRun({
      ...drillOptions('revoke-db-ingress', stage, { clock, directory: 'never' }),
      systems: [{ ...bare, adopted: true }],
      checkHealth: () => Promise.resolve(null),
    });
    expect(found.ready).toBe(true);
    const text = formatDryRun(found, { color: false });
    expect(text).toContain(
      '? not checked: messages left in the queue, since adopt.queues.subscriber is missing\n',
    );
    expect(text).toContain(
      '? not checked: messages stored twice, since adopt.topicArn is missing: without it the drill is not passed\n',
    );
  });

  it('says of a cluster that is not there what the drill would see', async () => {
    const { found } = await foretell('restart-database', { clusterPaused: true });
    expect(found.ready).toBe(false);
    expect(found.refusals).toEqual([expect.stringContaining('is paused')]);
    expect(found.looks.find(({ what }) => what === 'database')).toMatchObject({ answer: 'problem' });
  });
});
