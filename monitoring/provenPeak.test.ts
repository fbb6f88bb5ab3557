import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestEndpoint, type TestEndpoint } from '../local/aws/testing/testEndpoint.ts';
import { discoverSystems } from '../fleet/discovery.ts';
import { provenPeakPath, readProvenPeaks, recordProvenPeak } from './provenPeak.ts';

let endpoint: TestEndpoint;
let client: SSMClient;
beforeAll(async () => {
  endpoint = await startTestEndpoint();
  client = new SSMClient(endpoint.clientConfig);
});
afterAll(() => endpoint.close());

const peak = (requestsPerSecond: number) => ({
  schemaVersion: 1 as const,
  requestsPerSecond,
  messagesPerSecond: requestsPerSecond / 10,
  runId: 'run-1',
  configurationHash: 'c0ffee',
  provenAt: '2026-01-05T12:01:00.000Z',
});

it('keeps the newest peak of each system, apart by stage and out of the systems’ way', async () => {
  expect(await readProvenPeaks(client, 'qa')).toEqual({ peaks: new Map(), unreadable: [] });
  for (let number = 1; number <= 12; number += 1)
    await recordProvenPeak(client, 'qa', `s${number}`, peak(number));
  await recordProvenPeak(client, 'qa', 's3', peak(33.5));
  await recordProvenPeak(client, 'prod', 's3', peak(1));
  const { peaks } = await readProvenPeaks(client, 'qa');
  expect(peaks.size).toBe(12);
  expect(peaks.get('s3')).toMatchObject({ requestsPerSecond: 33.5, messagesPerSecond: 3.35 });
  await expect(discoverSystems(client, 'qa')).rejects.toThrow('no system is published');
});

it('reads one from before messages were proven, and says nothing of them', async () => {
  const { messagesPerSecond: _, ...old } = peak(30);
  await recordProvenPeak(client, 'older', 's1', old);
  const { peaks, unreadable } = await readProvenPeaks(client, 'older');
  expect(unreadable).toEqual([]);
  expect(peaks.get('s1')).toMatchObject({ requestsPerSecond: 30 });
  expect(peaks.get('s1')).not.toHaveProperty('messagesPerSecond');
});

it('names a record that no gate has written, and reads the others', async () => {
  const names = ['odd', 'none'].map((system) => `${provenPeakPath('odd')}${system}`);
  for (const [index, Value] of ['{"requestsPerSecond":-1}', 'no JSON'].entries())
    await client.send(new PutParameterCommand({ Name: names[index], Value, Type: 'String' }));
  await recordProvenPeak(client, 'odd', 'sound', peak(5));

  const { peaks, unreadable } = await readProvenPeaks(client, 'odd');
  expect([...peaks.keys()]).toEqual(['sound']);
  expect(unreadable.map(({ message }) => message).toSorted()).toEqual([
    expect.stringContaining(`${names[1]}: not JSON`),
    expect.stringContaining(`${names[0]}: schemaVersion: `),
  ]);
});
