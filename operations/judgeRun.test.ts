import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../core/clock.ts';
import { configurationHash, parseFleet } from '../fleet/fleet.ts';
import { startMetricServer } from '../loadtests/gate/testing/metricServer.ts';
import { goodRun } from '../loadtests/gate/testing/judgeInput.ts';
import { systemAt } from '../loadtests/runner/testing/systems.ts';
import type { Place } from '../records/fields.ts';
import { RecordError } from '../records/errors.ts';
import { seenMessagesKind } from '../records/seenMessages.ts';
import { judgeRun } from './judgeRun.ts';
import { keepMessagesOfRun } from './messagesOfRun.ts';
import type { Target } from './target.ts';
import { contract } from '../service/contract.ts';

const silentServer = () =>
  startMetricServer(({ MetricDataQueries }) => ({
    MetricDataResults: MetricDataQueries.map(({ Id }) => ({
      Id,
      StatusCode: 'Complete',
      Timestamps: [],
      Values: [],
    })),
  }));

const context = {
  clock: systemClock,
  random: () => 0,
  signal: new AbortController().signal,
  output: { progress: () => {} },
  stateDirectory: 'never',
  currentCommit: () => Promise.resolve(null),
};

const fleet = parseFleet({
  service: contract,
  region: 'us-east-1',
  systems: [{ name: 'orders', expectedPeak: { requestsPerSecond: 10, messagesPerSecond: 1 } }],
  stages: { qa: {}, local: {} },
});

it.each<[Place, Place, Place]>([
  ['aws', 'aws', 'aws'],
  ['aws', 'local', 'local'],
  ['local', 'aws', 'local'],
])('a run on %s that is judged on %s is of %s', async (loaded, judged, verdictOf) => {
  // Without data: what it says is not asked here.
  const server = await silentServer();
  const directory = await mkdtemp(join(tmpdir(), 'headroom-gate-'));
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const cloudWatch = new CloudWatchClient({ endpoint: server.url, region: 'us-east-1', credentials });
  onTestFinished(async () => {
    cloudWatch.destroy();
    await server.close();
    await rm(directory, { recursive: true });
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

/** What a run of `orders` is judged from, and with; the Data API answers with the rows, or not at all. */
async function judging(answer: object | Error) {
  const server = await silentServer();
  const directory = await mkdtemp(join(tmpdir(), 'headroom-gate-'));
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const cloudWatch = new CloudWatchClient({ endpoint: server.url, region: 'us-east-1', credentials });
  onTestFinished(async () => {
    cloudWatch.destroy();
    await server.close();
    await rm(directory, { recursive: true });
  });
  const sqs = { send: () => Promise.resolve({ Attributes: {} }) };
  const dataApi = Object.assign(new RedshiftDataClient({ region: 'us-east-1' }), {
    send: (command: object) => {
      if (answer instanceof Error) return Promise.reject(answer);
      if (command.constructor.name === 'ExecuteStatementCommand') return Promise.resolve({ Id: 'one' });
      if (command.constructor.name === 'DescribeStatementCommand')
        return Promise.resolve({ Status: 'FINISHED', HasResultSet: true });
      return Promise.resolve({ ColumnMetadata: [{ name: 'id' }, { name: 'copies' }], ...answer });
    },
  });
  const target = {
    stage: 'qa',
    fleet,
    configurationHash: configurationHash(fleet),
    connection: { place: 'local', clients: { cloudWatch, ssm: {}, sqs, dataApi } },
    systems: [systemAt('orders', 'http://127.0.0.1:1', 10)],
  } as unknown as Target;
  const unstored = async () => {
    const { records } = await judgeRun(context, target, goodRun(), directory);
    return records.find(({ system, signal }) => system === 'orders' && signal === 'unstored');
  };
  return { target, directory, unstored };
}

it.each<[string, object | Error, RegExp]>([
  ['none is there', { Records: [] }, /None of the 400 acknowledged messages is in the table/],
  [
    'nobody answers',
    new Error('the cluster is paused'),
    /It could not be checked by ids: .*the cluster is paused/,
  ],
])('asks the table for the ids that the run published: %s', async (_, answer, reason) => {
  const { unstored } = await judging(answer);
  expect(await unstored()).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringMatching(reason),
  });
});

it('reads what the load saw before it removed its rows, and asks no table that has none', async () => {
  const rows = Array.from({ length: 400 }, (_, index) => [{ longValue: index + 1 }, { longValue: 1 }]);
  const loaded = await judging({ Records: rows });
  await keepMessagesOfRun(context, loaded.target, goodRun(), loaded.directory);
  const later = await judging({ Records: [] });
  const [from, to] = [loaded, later].map(({ directory }) => join(directory, seenMessagesKind.fileName));
  await copyFile(from!, to!);
  expect(await later.unstored()).toMatchObject({ verdict: 'pass', reason: 'All 400 are stored, once.' });
});

it.each(['spike', 'publish', 'breakpoint'])(
  'neither waits for nor keeps what no gate asks of a %s',
  async (profile) => {
    const { target, directory } = await judging(new Error('nobody asks'));
    await keepMessagesOfRun(context, target, { ...goodRun(), profile }, directory);
    expect(await readdir(directory)).toEqual([]);
  },
);

it('judges nothing by what the load saw and cannot be read any more', async () => {
  const { directory, unstored } = await judging({ Records: [] });
  await writeFile(join(directory, seenMessagesKind.fileName), '{"schemaVersion":1}');
  await expect(unstored()).rejects.toThrow(RecordError);
});
