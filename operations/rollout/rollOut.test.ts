import { expect, it } from 'vitest';
import { limits } from '../../monitoring/limits.ts';
import { UsageError } from '../errors.ts';
import type { StackDeployment } from './deployStack.ts';
import { rollOut, type RolloutOptions } from './rollOut.ts';

const twenty = Array.from({ length: 20 }, (_, index) => `system-${String(index + 1).padStart(2, '0')}`);

/** A stage that does what it is told to, and writes down what was done to it. */
class ScriptedStage {
  readonly firing = new Set<string>();
  /** Systems that are not deployed yet, and so have no alarms. */
  readonly fresh = new Set<string>();
  readonly deployments: StackDeployment[] = [];
  /** What was done, each step in a few words. */
  readonly done: string[] = [];
  onDeploy: (stack: string) => string | null | Promise<string | null> = () => null;
  smokePasses = true;

  roll(more: Partial<RolloutOptions> = {}) {
    return rollOut({
      stage: 'prod',
      systems: twenty,
      sharedStacks: ['prod-network', 'prod-fleet'],
      stackOf: (system) => `prod-${system}`,
      atOnce: false,
      steps: {
        alarms: async (names) =>
          names
            .filter((name) => ![...this.fresh].some((system) => name.startsWith(`prod-${system}-`)))
            .map((name) => ({ name, arn: `arn:${name}`, firing: this.firing.has(name) })),
        deploy: async (deployment) => {
          this.deployments.push(deployment);
          this.done.push(`deploy ${deployment.stacks.join(' ')}`);
          return this.onDeploy(deployment.stacks[0]!);
        },
        migrate: async (system) => void this.done.push(`migrate ${system}`),
        smoke: async (systems) => {
          this.done.push(`smoke ${systems.length}`);
          return this.smokePasses;
        },
      },
      signal: new AbortController().signal,
      onProgress: () => {},
      ...more,
    });
  }

  get waves(): number[] {
    return this.done.filter((step) => step.startsWith('smoke')).map((step) => Number(step.split(' ')[1]));
  }
}

it('brings the release to what systems share, to one system, to a tenth, to the rest', async () => {
  const stage = new ScriptedStage();
  const answer = await stage.roll();
  expect(answer).toEqual({ deployed: twenty, failed: [], leftOut: [], stopped: null });
  expect(stage.waves).toEqual([1, 2, 17]);
  expect(stage.done.slice(0, 5)).toEqual([
    'deploy prod-network prod-fleet',
    'migrate system-01',
    'deploy prod-system-01',
    'migrate system-01',
    'smoke 1',
  ]);
});

it("has each update watched by the system's own alarms, the first for longer", async () => {
  const stage = new ScriptedStage();
  await stage.roll();
  const [shared, first, second] = stage.deployments;
  expect(shared).toMatchObject({ watchedBy: expect.arrayContaining(['arn:prod-fleet-unhealthyShare']) });
  expect(first!.quietMinutes).toBe(limits.rollout.firstQuietMinutes);
  expect(first!.watchedBy).toContain('arn:prod-system-01-errorRate-critical');
  expect(first!.watchedBy.every((arn) => arn.startsWith('arn:prod-system-01-'))).toBe(true);
  expect(second!.quietMinutes).toBe(limits.rollout.quietMinutes);
});

it('stops at the one system that does not take the release', async () => {
  const stage = new ScriptedStage();
  stage.onDeploy = (stack) => (stack === 'prod-system-01' ? 'UPDATE_ROLLBACK_COMPLETE' : null);
  const answer = await stage.roll();
  expect(answer).toEqual({
    deployed: [],
    failed: [{ system: 'system-01', reason: 'UPDATE_ROLLBACK_COMPLETE' }],
    leftOut: [],
    stopped: 'system-01 did not take the release',
  });
  expect(stage.deployments).toHaveLength(2);
});

it('begins nothing more in a wave in which one has failed, and lets end what has begun', async () => {
  const stage = new ScriptedStage();
  const many = Array.from({ length: 100 }, (_, index) => `many-${index}`);
  let release = (): void => {};
  const held = new Promise<null>((resolve) => (release = () => resolve(null)));
  stage.onDeploy = (stack) => {
    if (stack === 'prod-many-11') return 'broken';
    // Those beside it end later than it.
    if (Number(stack.split('-').at(-1)) > 11) return held;
    return null;
  };
  const rolled = stage.roll({ systems: many });
  await expect.poll(() => stage.deployments.length).toBe(1 + 1 + 10 + limits.rollout.stacksAtOnce);
  release();
  const answer = await rolled;
  expect(answer.failed).toEqual([{ system: 'many-11', reason: 'broken' }]);
  expect(answer.deployed).toHaveLength(1 + 10 + limits.rollout.stacksAtOnce - 1);
  expect(stage.deployments).toHaveLength(1 + 1 + 10 + limits.rollout.stacksAtOnce);
});

it('takes an error on the way for that system’s failure', async () => {
  const stage = new ScriptedStage();
  stage.onDeploy = (stack) => {
    if (stack === 'prod-system-02') throw new Error('Rate exceeded');
    return null;
  };
  const answer = await stage.roll();
  expect(answer.failed).toEqual([{ system: 'system-02', reason: 'Rate exceeded' }]);
  expect(answer.deployed).toEqual(['system-01', 'system-03']);
});

it.each([
  ['its page', 'prod-system-01-page'],
  ['its page of messages', 'prod-system-01-pageMessages'],
  ['the whole fleet’s', 'prod-fleet-affected'],
])('goes no further when whoever has the release pages: %s', async (_, alarm) => {
  const stage = new ScriptedStage();
  stage.onDeploy = (stack) => {
    if (stack === 'prod-system-01') stage.firing.add(alarm);
    return null;
  };
  const answer = await stage.roll();
  expect(answer.stopped).toBe(`${alarm} in ALARM since the release`);
  expect(stage.waves).toEqual([1]);
});

it('goes no further when an answer is wrong', async () => {
  const stage = new ScriptedStage();
  stage.smokePasses = false;
  expect((await stage.roll()).stopped).toMatch(/got a wrong answer/);
  expect(stage.waves).toEqual([1]);
});

it('goes no further than what systems share when that is not taken', async () => {
  const stage = new ScriptedStage();
  stage.onDeploy = (stack) => (stack === 'prod-network' ? 'UPDATE_ROLLBACK_COMPLETE' : null);
  expect((await stage.roll()).stopped).toBe('what the systems share: UPDATE_ROLLBACK_COMPLETE');
  expect(stage.deployments).toHaveLength(1);
});

it('leaves out whoever was ill before, since there nobody could see whether the release is good', async () => {
  const stage = new ScriptedStage();
  stage.firing.add('prod-system-02-pageMessages');
  stage.firing.add('prod-system-05-subscriberFailing');
  const answer = await stage.roll();
  expect(answer.stopped).toBeNull();
  expect(answer.leftOut).toEqual([
    { system: 'system-02', alarms: ['prod-system-02-pageMessages'] },
    { system: 'system-05', alarms: ['prod-system-05-subscriberFailing'] },
  ]);
  expect(answer.deployed).toHaveLength(18);
  expect(stage.done.join('\n')).not.toContain('system-02');
});

it('does not begin while the whole fleet is affected', async () => {
  const stage = new ScriptedStage();
  stage.firing.add('prod-fleet-affected');
  await expect(stage.roll()).rejects.toThrow(UsageError);
  expect(stage.done).toEqual([]);
});

it('repairs everything at once, taken back by nothing', async () => {
  const stage = new ScriptedStage();
  stage.firing.add('prod-fleet-affected');
  stage.firing.add('prod-system-02-page');
  const answer = await stage.roll({ atOnce: true });
  expect(answer).toMatchObject({ leftOut: [], stopped: null });
  expect(answer.deployed).toHaveLength(20);
  expect(stage.waves).toEqual([20]);
  expect(stage.deployments.flatMap(({ watchedBy }) => watchedBy)).toEqual([]);
});

it('has a system that is new watched by nothing: CloudFormation would miss its alarms, and refuse', async () => {
  const stage = new ScriptedStage();
  stage.fresh.add('system-20');
  await stage.roll();
  const fresh = stage.deployments.find(({ stacks }) => stacks[0] === 'prod-system-20');
  expect(fresh!.watchedBy).toEqual([]);
});

it('begins nothing once it is interrupted', async () => {
  const stage = new ScriptedStage();
  const stop = new AbortController();
  stage.onDeploy = (stack) => {
    if (stack === 'prod-system-01') stop.abort(new Error('interrupted'));
    return null;
  };
  await expect(stage.roll({ signal: stop.signal })).rejects.toThrow('interrupted');
  expect(stage.deployments).toHaveLength(2);
});
