import { App, Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectDirectory } from '../../bin/directories.ts';
import { CdkError } from '../errors.ts';
import { stacksOfAssembly } from './assemblyStacks.ts';
import { deployWithCdk, synthesizeWithCdk, type Cdk } from './deployStack.ts';
import { account, FakeCloudFormation, region } from './testing/fakeCloudFormation.ts';

const alarm = (name: string): string => `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;

let directory: string;
let assembly: string;
let cloudFormation: FakeCloudFormation;
let cdk: Cdk;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headroom-rollout-'));
  assembly = join(directory, 'cdk.out');
  const app = new App({ outdir: assembly, analyticsReporting: false });
  for (const id of ['prod-orders', 'prod-payments', 'prod-returns']) {
    const stack = new Stack(app, id, { env: { account, region } });
    const parameter = new StringParameter(stack, 'Parameter', { stringValue: 'value' });
    stack.exportValue(parameter.parameterName);
  }
  app.synth();
  cloudFormation = await FakeCloudFormation.start();
  cdk = {
    command: [process.execPath, createRequire(import.meta.url).resolve('aws-cdk/bin/cdk')],
    directory: projectDirectory,
    env: { ...process.env, ...cloudFormation.env },
    logDirectory: join(directory, 'logs'),
    signal: new AbortController().signal,
  };
});
afterAll(async () => {
  await cloudFormation.stop();
  await rm(directory, { recursive: true });
});

it('names the stacks of an assembly', async () => {
  expect(await stacksOfAssembly(assembly)).toEqual(['prod-orders', 'prod-payments', 'prod-returns']);
});

it('has CloudFormation watch the alarms, and take the update back, by cdk’s own command line', async () => {
  cloudFormation.takenBack.add('prod-payments');
  const watchedBy = ['errorRate-critical', 'deadLetters'].map(alarm);
  const deploy = (stack: string, watching: string[]) =>
    deployWithCdk(cdk, assembly, { stacks: [stack], watchedBy: watching, quietMinutes: 25 });
  const [orders, payments, returns] = await Promise.all([
    deploy('prod-orders', watchedBy),
    deploy('prod-payments', watchedBy),
    deploy('prod-returns', []),
  ]);
  expect(orders).toBeNull();
  expect(payments).toMatch(/UPDATE_ROLLBACK_COMPLETE/);
  expect(returns).toBeNull();
  const triggers = watchedBy.map((arn) => ['AWS::CloudWatch::Alarm', arn]);
  const updates = cloudFormation.updates.toSorted((a, b) => a.stack.localeCompare(b.stack));
  expect(updates).toEqual([
    { stack: 'prod-orders', triggers, monitoringMinutes: 25 },
    { stack: 'prod-payments', triggers, monitoringMinutes: 25 },
    // Those of an earlier update would watch this one too.
    { stack: 'prod-returns', triggers: [], monitoringMinutes: null },
  ]);
  expect(await readFile(join(directory, 'logs', 'prod-payments.log'), 'utf8')).toContain('prod-payments');
}, 60_000);

it('says what cdk said when it cannot synthesize', async () => {
  const script =
    'const { HEADROOM_STAGE: stage, HEADROOM_CONFIG: config } = process.env;' +
    'process.stderr.write(`${config}: no stage ${stage}`); process.exitCode = 2';
  const broken = { ...cdk, command: [process.execPath, '-e', script] } as const;
  const synthesized = synthesizeWithCdk(
    broken,
    { stage: 'prod', config: '/shop/fleet.config.ts' },
    join(directory, 'none'),
  );
  await expect(synthesized).rejects.toThrow(new CdkError('synth', ['/shop/fleet.config.ts: no stage prod']));
});

it('starts nothing once it is interrupted', async () => {
  const stopped = { ...cdk, signal: AbortSignal.abort(new Error('interrupted')) };
  await expect(
    deployWithCdk(stopped, assembly, { stacks: ['prod-orders'], watchedBy: [], quietMinutes: 1 }),
  ).rejects.toThrow('interrupted');
});
