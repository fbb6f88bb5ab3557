import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../core/clock.ts';
import { configurationHash, parseFleet } from '../fleet/fleet.ts';
import { startMetricServer } from '../loadtests/gate/testing/metricServer.ts';
import { goodRun } from '../loadtests/gate/testing/judgeInput.ts';
import type { Place } from '../records/fields.ts';
import { judgeRun } from './judgeRun.ts';
import type { Target } from './target.ts';
import { clientes } from '../service/contract.ts';

const context = {
  clock: systemClock,
  random: () => 0,
  signal: new AbortController().signal,
  output: { progress: () => {} },
  stateDirectory: 'never',
  currentCommit: () => Promise.resolve(null),
};

it.each<[Place, Place, Place]>([
  ['aws', 'aws', 'aws'],
  ['aws', 'local', 'local'],
  ['local', 'aws', 'local'],
])('a run on %s that is judged on %s is of %s', async (loaded, judged, verdictOf) => {
  // Without data: what it says is not asked here.
  const server = await startMetricServer(({ MetricDataQueries }) => ({
    MetricDataResults: MetricDataQueries.map(({ Id }) => ({
      Id,
      StatusCode: 'Complete',
      Timestamps: [],
      Values: [],
    })),
  }));
  const directory = await mkdtemp(join(tmpdir(), 'headroom-gate-'));
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const cloudWatch = new CloudWatchClient({ endpoint: server.url, region: 'us-east-1', credentials });
  onTestFinished(async () => {
    cloudWatch.destroy();
    await server.close();
    await rm(directory, { recursive: true });
  });
  const fleet = parseFleet({
    service: clientes,
    region: 'us-east-1',
    systems: [{ name: 'orders', expectedPeak: { requestsPerSecond: 10, messagesPerSecond: 1 } }],
    stages: { qa: {}, local: {} },
  });
  const ssm = { send: vi.fn<SSMClient['send']>() };
  const target = {
    stage: 'qa',
    fleet,
    configurationHash: configurationHash(fleet),
    connection: { place: judged, clients: { cloudWatch, ssm } },
    systems: [],
  } as unknown as Target;
  const verdict = await judgeRun(context, target, { ...goodRun(), place: loaded }, directory);
  expect(verdict).toMatchObject({ place: verdictOf, rehearsal: verdictOf === 'local' });
});
