import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultConfig } from '../../bin/context.ts';
import { Headroom } from '../../bin/testing/headroom.ts';
import { systemClock } from '../../core/clock.ts';
import { loadFleet, withSystems } from '../../fleet/fleet.ts';
import { fleetRollbackAlarmsOf, pagesOf, rollbackAlarmsOf } from '../../monitoring/alarms/rollbackAlarms.ts';
import { connect } from '../connection.ts';
import { rolloutSteps } from './rolloutSteps.ts';
import type { RolloutSteps } from './rollOut.ts';

let stateDirectory: string;
let up: Headroom;
let steps: RolloutSteps;
const said: string[] = [];

beforeAll(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'headroom-rollout-'));
  up = new Headroom({ stateDirectory }, 'up', '--systems', '1');
  await up.says('is ready at');
  const signal = new AbortController().signal;
  steps = rolloutSteps({
    context: {
      clock: systemClock,
      random: Math.random,
      signal,
      output: { progress: (line) => void said.push(line) },
      stateDirectory,
      currentCommit: () => Promise.resolve(null),
    },
    stage: 'local',
    fleet: withSystems(await loadFleet(defaultConfig), 1),
    configurationHash: 'hash',
    connection: await connect({ stage: 'local', region: 'us-east-1', stateDirectory, onThisMachine: true }),
    // No CloudFormation on this machine.
    cdk: { command: ['false'], directory: stateDirectory, env: {}, logDirectory: stateDirectory, signal },
    assemblyDirectory: stateDirectory,
    newRunDirectory: () => join(stateDirectory, 'smoke'),
  });
}, 60_000);
afterAll(async () => {
  up.child.kill('SIGTERM');
  await up.exited;
  await rm(stateDirectory, { recursive: true });
});

it('finds on a stage every alarm that it asks for', async () => {
  const names = [
    ...rollbackAlarmsOf('local', 'system-01'),
    ...pagesOf('local', 'system-01'),
    ...fleetRollbackAlarmsOf('local'),
  ];
  const alarms = await steps.alarms([...names, ...rollbackAlarmsOf('local', 'not-deployed-yet')]);
  expect(alarms.map(({ name }) => name).sort()).toEqual(names.sort());
  expect(alarms.every(({ arn, name }) => arn.endsWith(`:alarm:${name}`))).toBe(true);
});

it('migrates the database of a system that is there, and none of one that is to come', async () => {
  await steps.migrate('system-01');
  await steps.migrate('not-deployed-yet');
  expect(said.filter((line) => line.includes('not-deployed-yet'))).toEqual([]);
});

it('asks a system every question once', async () => {
  expect(await steps.smoke(['system-01'])).toBe(true);
});

it('says what the deployment of a stack failed with', async () => {
  expect(await steps.deploy({ stacks: ['local-system-01'], watchedBy: [], quietMinutes: 1 })).toBe('');
});
