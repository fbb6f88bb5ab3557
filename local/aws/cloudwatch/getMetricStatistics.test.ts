import {
  GetMetricStatisticsCommand,
  type CloudWatchClient,
  type GetMetricStatisticsCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cloudWatchClient, cloudWatchProtocols } from '../testing/cloudWatchProtocols.ts';
import { startTestEndpoint, type TestEndpoint } from '../testing/testEndpoint.ts';

const startMs = Math.floor(Date.now() / 60_000) * 60_000 - 10 * 60_000;
let endpoint: TestEndpoint;
let client: CloudWatchClient;
afterEach(async () => {
  client.destroy();
  await endpoint.close();
});

describe.each(cloudWatchProtocols)('GetMetricStatistics, in %s', (_name, protocol) => {
  beforeEach(async () => {
    endpoint = await startTestEndpoint();
    client = cloudWatchClient(endpoint, protocol);
    const metric = { namespace: 'N', name: 'Duration', dimensions: { FunctionName: 'api' } };
    for (const [second, value, unit] of [
      [0, 1, 'Milliseconds'],
      [30, 3, 'Milliseconds'],
      [60, 10.5, 'Milliseconds'],
      [0, 7, 'Seconds'],
    ] as const) {
      endpoint.state.metrics.put({ ...metric, timestampMs: startMs + second * 1_000, value, unit });
    }
  });

  const get = (change: Partial<GetMetricStatisticsCommandInput> = {}) =>
    client.send(
      new GetMetricStatisticsCommand({
        Namespace: 'N',
        MetricName: 'Duration',
        Dimensions: [{ Name: 'FunctionName', Value: 'api' }],
        StartTime: new Date(startMs),
        EndTime: new Date(startMs + 120_000),
        Period: 60,
        Statistics: ['Sum', 'Average', 'SampleCount'],
        ...change,
      }),
    );

  it('tells each period, in each unit', async () => {
    const { Label, Datapoints } = await get();
    expect(Label).toBe('Duration');
    expect(Datapoints).toEqual([
      { Timestamp: new Date(startMs), Sum: 4, Average: 2, SampleCount: 2, Unit: 'Milliseconds' },
      {
        Timestamp: new Date(startMs + 60_000),
        Sum: 10.5,
        Average: 10.5,
        SampleCount: 1,
        Unit: 'Milliseconds',
      },
      { Timestamp: new Date(startMs), Sum: 7, Average: 7, SampleCount: 1, Unit: 'Seconds' },
    ]);
    const seconds = await get({ Unit: 'Seconds', Statistics: ['Maximum'] });
    expect(seconds.Datapoints).toEqual([{ Timestamp: new Date(startMs), Maximum: 7, Unit: 'Seconds' }]);
    expect((await get({ MetricName: 'Other' })).Datapoints).toEqual([]);
  });

  it('tells percentiles', async () => {
    const { Datapoints } = await get({
      Statistics: undefined,
      ExtendedStatistics: ['p50', 'p100'],
      Unit: 'Milliseconds',
      EndTime: new Date(startMs + 60_000),
    });
    expect(Datapoints).toEqual([
      { Timestamp: new Date(startMs), ExtendedStatistics: { p50: 1, p100: 3 }, Unit: 'Milliseconds' },
    ]);
  });

  it.each<[string, string, Partial<GetMetricStatisticsCommandInput>]>([
    ['InvalidParameterCombinationException', 'either Statistics or', { Statistics: undefined }],
    ['InvalidParameterCombinationException', 'either Statistics or', { ExtendedStatistics: ['p50'] }],
    ['InvalidParameterCombinationException', 'limit of 1440', { StartTime: new Date(startMs - 86_400_000) }],
    ['InvalidParameterValueException', 'before EndTime', { EndTime: new Date(startMs) }],
    ['InvalidParameterValueException', 'Period', { Period: 7 }],
    ['InvalidParameterValueException', 'Statistics.0', { Statistics: ['p50' as never] }],
    ['InvalidParameterValueException', '"tm90"', { Statistics: undefined, ExtendedStatistics: ['tm90'] }],
  ])('is refused with %s: %s', async (name, problem, change) => {
    await expect(get(change)).rejects.toMatchObject({ name, message: expect.stringContaining(problem) });
  });
});
