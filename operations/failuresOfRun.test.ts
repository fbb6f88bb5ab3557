import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../core/clock.ts';
import { loadFleet } from '../fleet/fleet.ts';
import { documentOf } from '../fleet/testing/systemDocument.ts';
import { startTestEndpoint } from '../local/aws/testing/testEndpoint.ts';
import { goodRun } from '../loadtests/gate/testing/judgeInput.ts';
import { failuresOfRun } from './failuresOfRun.ts';

const { signal } = new AbortController();
const run = goodRun();
const startMs = Date.parse(run.windows.run.start);
const endMs = Date.parse(run.windows.run.end);

/** Two systems whose functions log, and what is asked about them. */
async function logging() {
  const endpoint = await startTestEndpoint();
  const client = new CloudWatchLogsClient(endpoint.clientConfig);
  onTestFinished(async () => {
    client.destroy();
    await endpoint.close();
  });
  const systems = [documentOf('one', 'http://api'), documentOf('two', 'http://api')];
  const fleet = await loadFleet('fleet.config.ts');
  const target = { stage: 'qa', fleet, systems, connection: { clients: { logs: client } } };
  const log = (group: string, system: string, failures: [atMs: number, errorCode: string][]): void =>
    void endpoint.state.logGroups.add(group, startMs).sources.push(async (range) =>
      failures.flatMap(([timestampMs, errorCode]) =>
        timestampMs >= range.startMs && timestampMs < range.endMs
          ? [
              {
                timestampMs,
                message: JSON.stringify({ system, service: 'api', level: 'ERROR', errorCode }),
              },
            ]
          : [],
      ),
    );
  return { systems, target, log };
}

it('names what was logged most often while the run lasted, and counts the rest', async () => {
  const { systems, target, log } = await logging();
  const [one, two] = systems;
  log(one!.logGroups.api, 'one', [
    [startMs - 60_000, 'before'],
    [startMs + 1_000, 'databaseTimeout'],
    [startMs + 2_000, 'databaseUnreachable'],
    [startMs + 3_000, 'third'],
    [startMs + 4_000, 'third'],
    [startMs + 5_000, 'fourth'],
    [endMs + 60_000, 'after'],
  ]);
  log(two!.logGroups.api, 'two', [
    [startMs + 1_000, 'databaseUnreachable'],
    [startMs + 2_000, 'databaseUnreachable'],
  ]);
  for (const { logGroups, system } of systems) log(logGroups.subscriber, system, []);
  log('/aws/lambda/qa-fleet-probe', 'one', []);
  expect(await failuresOfRun({ clock: systemClock, signal }, target, run)).toEqual([
    'logged while it ran: 3 × databaseUnreachable (api of 2 systems, most in two); 2 × third (api of one); ' +
      '1 × databaseTimeout (api of one); and 1 other kind',
  ]);
});

it('says nothing where nothing failed, and whose logs could not be asked', async () => {
  const { systems, target, log } = await logging();
  const [one] = systems;
  log(one!.logGroups.api, 'one', []);
  log(one!.logGroups.subscriber, 'one', []);
  log('/aws/lambda/qa-fleet-probe', 'one', []);
  const asking = failuresOfRun({ clock: systemClock, signal }, { ...target, systems: [one!] }, run);
  expect(await asking).toEqual([]);
  expect(await failuresOfRun({ clock: systemClock, signal }, target, run)).toEqual([
    'not known is what these logged while it ran: two',
  ]);
});

it('says why the logs could not be asked at all, and stops when it is told to', async () => {
  const { target } = await logging();
  const logs = new CloudWatchLogsClient({
    endpoint: 'http://127.0.0.1:1',
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const unreachable = { ...target, connection: { clients: { logs } } };
  expect(await failuresOfRun({ clock: systemClock, signal }, unreachable, run)).toEqual([
    expect.stringMatching(/^what the functions logged while it ran is not known: .*ECONNREFUSED/),
  ]);
  const reason = new Error('enough');
  await expect(
    failuresOfRun({ clock: systemClock, signal: AbortSignal.abort(reason) }, unreachable, run),
  ).rejects.toBe(reason);
});
