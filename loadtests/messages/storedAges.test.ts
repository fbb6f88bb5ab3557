import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestEndpoint, type TestEndpoint } from '../../local/aws/testing/testEndpoint.ts';
import { storedAges } from './storedAges.ts';

const startMs = Date.UTC(2026, 10, 3, 12, 0, 0);
const group = '/aws/lambda/local-system-01-subscriber';
const lines = [
  { storedAfterMs: [900, 1_200], MessagesApplied: 2 },
  { level: 'ERROR', errorCode: 'databaseUnreachable' },
  { storedAfterMs: [40] },
  { storedAfterMs: 'many' },
  { storedAfterMs: [7_000] },
].map((members, second) => ({
  timestampMs: startMs + second * 1_000,
  message: JSON.stringify(members),
}));

let endpoint: TestEndpoint;
let client: CloudWatchLogsClient;
beforeAll(async () => {
  endpoint = await startTestEndpoint();
  client = new CloudWatchLogsClient(endpoint.clientConfig);
  endpoint.state.logGroups
    .add(group, startMs)
    .sources.push(async (range) => [
      ...lines.filter(({ timestampMs }) => timestampMs >= range.startMs && timestampMs < range.endMs),
      { timestampMs: range.startMs, message: 'START "storedAfterMs" is no JSON' },
    ]);
});
afterAll(async () => {
  client.destroy();
  await endpoint.close();
});

test('every message that the subscriber told of within the window, and nothing else', async () => {
  const { signal } = new AbortController();
  const window = { startMs, endMs: startMs + 4_000 };
  expect(await storedAges(client, group, window, signal)).toEqual([900, 1_200, 40]);
  const all = await storedAges(client, group, { startMs, endMs: startMs + 4_001 }, signal);
  expect(all).toEqual([900, 1_200, 40, 7_000]);
  await expect(storedAges(client, '/aws/lambda/none', window, signal)).rejects.toThrow('does not exist');
});
