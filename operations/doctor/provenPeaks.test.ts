import type { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { expect, it } from 'vitest';
import { ManualClock } from '../../core/testing/manualClock.ts';
import { parseFleet } from '../../fleet/fleet.ts';
import { contract } from '../../service/contract.ts';
import { checkProvenPeaks } from './provenPeaks.ts';

const fleet = parseFleet({
  service: contract,
  region: 'us-east-1',
  systems: [
    { name: 'orders', expectedPeak: { requestsPerSecond: 30, messagesPerSecond: 5 } },
    { name: 'returns', expectedPeak: { requestsPerSecond: 30, messagesPerSecond: 0 } },
  ],
  stages: { prod: { provenByStage: 'qa' }, qa: {}, local: {} },
});

/** A CloudWatch in which these have values: metric and system, as the probe publishes them. */
const publishing = (...metrics: string[]): CloudWatchClient =>
  ({
    send: ({ input }: GetMetricDataCommand) =>
      Promise.resolve({
        MetricDataResults: input.MetricDataQueries?.map(({ Id, MetricStat }) => {
          const { MetricName, Dimensions } = MetricStat?.Metric ?? {};
          return { Id, Values: metrics.includes(`${MetricName} ${Dimensions?.[0]?.Value}`) ? [36] : [] };
        }),
      }),
  }) as unknown as CloudWatchClient;

const asked = (cloudWatch: CloudWatchClient) =>
  checkProvenPeaks(cloudWatch, fleet, 'prod', new ManualClock());
const ofReturns = {
  state: 'ok',
  text: 'messages of returns are compared with nothing: none are expected, so none are ever proven',
};

it('is fine where the probe publishes what a gate has proven', async () => {
  const all = publishing(
    'ProvenPeak prod-orders',
    'ProvenPeak prod-returns',
    'ProvenMessagePeak prod-orders',
  );
  expect(await asked(all)).toMatchObject([{ state: 'ok', text: 'published for 2 systems' }, ofReturns]);
});

it('says whose load is compared with nothing, and where to look', async () => {
  const [requests, messages, none] = await asked(publishing('ProvenPeak prod-orders'));
  expect(requests).toMatchObject({
    state: 'later',
    text: expect.stringMatching(/^requests of returns are .* passed on qa, .*the log of prod-fleet-probe/),
  });
  expect(messages).toMatchObject({ text: expect.stringMatching(/^messages of orders are compared/) });
  expect(none).toMatchObject(ofReturns);
});
