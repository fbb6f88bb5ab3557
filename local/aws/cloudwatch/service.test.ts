import {
  type CloudWatchClient,
  GetMetricDataCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
  paginateGetMetricData,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cloudWatchClient, cloudWatchProtocols } from '../testing/cloudWatchProtocols.ts';
import { startTestEndpoint, type TestEndpoint } from '../testing/testEndpoint.ts';

const periodMs = 10_000;
/** The start of a whole minute, some minutes ago. */
const startMs = Math.floor(Date.now() / 60_000) * 60_000 - 5 * 60_000;
const Dimensions = [{ Name: 'System', Value: 'system-01' }];

let endpoint: TestEndpoint;
let client: CloudWatchClient;
afterEach(async () => {
  client.destroy();
  await endpoint.close();
});

const metric = (Id: string, MetricName: string, change: object = {}): MetricDataQuery => ({
  Id,
  MetricStat: {
    Metric: { Namespace: 'Headroom', MetricName, Dimensions },
    Period: 10,
    Stat: 'Average',
    ...change,
  },
});

const put = (MetricName: string, values: readonly number[]) =>
  client.send(
    new PutMetricDataCommand({
      Namespace: 'Headroom',
      MetricData: values.map((Value, index) => ({
        MetricName,
        Dimensions,
        Value,
        Timestamp: new Date(startMs + index * periodMs),
      })),
    }),
  );

const get = (MetricDataQueries: MetricDataQuery[], change: object = {}) =>
  client.send(
    new GetMetricDataCommand({
      MetricDataQueries,
      StartTime: new Date(startMs),
      EndTime: new Date(startMs + 60_000),
      ...change,
    }),
  );

describe.each(cloudWatchProtocols)('CloudWatch metrics, in %s', (_name, protocol) => {
  beforeEach(async () => {
    endpoint = await startTestEndpoint();
    client = cloudWatchClient(endpoint, protocol);
  });

  it('gives back what was put, newest first unless asked otherwise, without the end', async () => {
    await put('Memory', [1, 2, 3, 4, 5, 6, 7]);
    const { MetricDataResults } = await get([metric('m1', 'Memory')]);
    expect(MetricDataResults).toEqual([
      {
        Id: 'm1',
        Label: 'Memory',
        StatusCode: 'Complete',
        Values: [6, 5, 4, 3, 2, 1],
        Timestamps: [5, 4, 3, 2, 1, 0].map((index) => new Date(startMs + index * periodMs)),
      },
    ]);
    const ascending = await get([metric('m1', 'Memory')], { ScanBy: 'TimestampAscending' });
    expect(ascending.MetricDataResults?.[0]?.Values).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('says why periods have no value, where the stage knows', async () => {
    await put('Memory', [1]);
    const withheld = { namespace: 'Headroom', name: 'Memory' };
    endpoint.state.withheld.add(withheld, startMs + periodMs, 'the stage was busy');
    endpoint.state.withheld.add(withheld, startMs + 2 * periodMs, 'the machine was busy');
    const both = await get([metric('m1', 'Memory'), metric('m2', 'Others')]);
    const at = new Date(startMs + 2 * periodMs).toISOString();
    expect(both.MetricDataResults?.map(({ Messages }) => Messages)).toEqual([
      [{ Code: 'Withheld', Value: `No value for the period from ${at} on: the machine was busy.` }],
      undefined,
    ]);
    const first = await get([metric('m1', 'Memory')], { EndTime: new Date(startMs + periodMs) });
    expect(first.MetricDataResults?.[0]?.Messages).toBeUndefined();
  });

  it('rounds an unaligned start down to its period', async () => {
    await put('Memory', [1, 2, 3]);
    const { MetricDataResults } = await get([metric('m1', 'Memory')], {
      StartTime: new Date(startMs + 17_500),
      EndTime: new Date(startMs + 20_001),
    });
    expect(MetricDataResults?.[0]?.Values).toEqual([3, 2]);
  });

  it('reads values with counts, statistic sets and a large, compressed body', async () => {
    const data = Array.from({ length: 400 }, (_, index) => ({
      MetricName: 'Duration',
      Dimensions,
      Timestamp: new Date(startMs + (index % 10) * 1_000),
      Values: [index, index + 1],
      Counts: [1, 3],
      Unit: 'Milliseconds' as const,
    }));
    let encoding: string | undefined;
    client.middlewareStack.add(
      (next) => (args) => {
        encoding = (args.request as { headers: Record<string, string> }).headers['content-encoding'];
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await client.send(new PutMetricDataCommand({ Namespace: 'Headroom', MetricData: data }));
    expect(encoding).toBe(protocol.disableRequestCompression ? undefined : 'gzip');
    const StatisticValues = { SampleCount: 400, Sum: 400, Minimum: 0, Maximum: 1000 };
    await client.send(
      new PutMetricDataCommand({
        Namespace: 'Headroom',
        MetricData: [
          { MetricName: 'Duration', Dimensions, Timestamp: new Date(startMs), StatisticValues, Unit: 'None' },
        ],
      }),
    );
    const { MetricDataResults } = await get([
      metric('count', 'Duration', { Stat: 'SampleCount', Unit: 'Milliseconds' }),
      metric('p50', 'Duration', { Stat: 'p50', Unit: 'Milliseconds' }),
      metric('all', 'Duration', { Stat: 'SampleCount' }),
      metric('max', 'Duration', { Stat: 'Maximum' }),
    ]);
    const [count, p50, all, max] = (MetricDataResults ?? []).map((result) => result.Values?.[0]);
    expect([count, all, max]).toEqual([1600, 2000, 1000]);
    expect(Math.abs((p50 ?? 0) - 200)).toBeLessThanOrEqual(1);
  });

  it('computes expressions over queries, also those that return nothing themselves', async () => {
    await put('Errors', [1, 0, 3]);
    await put('Requests', [10, 20, 0]);
    const { MetricDataResults } = await get(
      [
        { Id: 'rate', Expression: '100 * share', Label: 'Error rate' },
        { Id: 'share', Expression: 'errors / requests', ReturnData: false },
        { ...metric('errors', 'Errors'), ReturnData: false },
        { ...metric('requests', 'Requests'), ReturnData: false },
      ],
      { ScanBy: 'TimestampAscending' },
    );
    expect(MetricDataResults).toMatchObject([{ Id: 'rate', Label: 'Error rate', Values: [10, 0] }]);
  });

  it('gives each series of an expression that comes to several, and fills every period', async () => {
    await put('Errors', [1, 0, 3]);
    await put('Requests', [10]);
    const { MetricDataResults } = await get(
      [
        { Id: 'all', Expression: 'FILL(METRICS(), 0)', Label: 'filled' },
        { ...metric('errors', 'Errors'), ReturnData: false },
        { ...metric('requests', 'Requests'), Label: 'calls', ReturnData: false },
      ],
      { ScanBy: 'TimestampAscending' },
    );
    expect(MetricDataResults).toMatchObject([
      { Id: 'all', Label: 'filled Errors', Values: [1, 0, 3, 0, 0, 0] },
      { Id: 'all', Label: 'filled calls', Values: [10, 0, 0, 0, 0, 0] },
    ]);
  });

  it('cuts long answers into pages', async () => {
    await put('Memory', [1, 2, 3, 4, 5]);
    await put('Cpu', [6, 7]);
    const pages: { sizes: number[]; statuses: string[] }[] = [];
    const values: Record<string, number[]> = { m1: [], m2: [] };
    for await (const page of paginateGetMetricData(
      { client },
      {
        MetricDataQueries: [metric('m1', 'Memory'), metric('m2', 'Cpu')],
        StartTime: new Date(startMs),
        EndTime: new Date(startMs + 60_000),
        ScanBy: 'TimestampAscending',
        MaxDatapoints: 3,
      },
    )) {
      const results = page.MetricDataResults ?? [];
      pages.push({
        sizes: results.map((result) => result.Values?.length ?? 0),
        statuses: results.map((result) => result.StatusCode ?? ''),
      });
      for (const result of results) values[result.Id ?? '']?.push(...(result.Values ?? []));
    }
    expect(values).toEqual({ m1: [1, 2, 3, 4, 5], m2: [6, 7] });
    expect(pages).toEqual([
      { sizes: [3, 0], statuses: ['PartialData', 'PartialData'] },
      { sizes: [2, 1], statuses: ['Complete', 'PartialData'] },
      { sizes: [0, 1], statuses: ['Complete', 'Complete'] },
    ]);
  });

  it('lists metrics by namespace, name and dimension', async () => {
    await put('Memory', [1]);
    await put('Cpu', [1]);
    const list = async (filter: object) =>
      ((await client.send(new ListMetricsCommand(filter))).Metrics ?? []).map((found) => found.MetricName);
    expect(await list({ Namespace: 'Headroom' })).toEqual(['Memory', 'Cpu']);
    expect(await list({ MetricName: 'Cpu' })).toEqual(['Cpu']);
    expect(await list({ Dimensions: [{ Name: 'System' }] })).toHaveLength(2);
    expect(await list({ Dimensions: [{ Name: 'System', Value: 'other' }] })).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['StartTime', () => get([metric('m1', 'Memory')], { EndTime: new Date(startMs) })],
    ['period of 1, 5, 10', () => get([metric('m1', 'Memory', { Period: 7 })])],
    ['Stat "tm90"', () => get([metric('m1', 'Memory', { Stat: 'tm90' })])],
    ['function SEARCH', () => get([{ Id: 'e', Expression: 'SEARCH(x)' }])],
    ['Expression', () => get([{ Id: 'e', Expression: `${'('.repeat(5_000)}m${')'.repeat(5_000)}` }])],
    ['nested deeper', () => get([{ Id: 'e', Expression: `${'('.repeat(500)}m${')'.repeat(500)}` }])],
    [
      'FILL gives at most',
      () => get([{ Id: 'e', Expression: 'FILL(m1, 0)' }, metric('m1', 'M')], { StartTime: new Date(0) }),
    ],
    ['no query has the id "m9"', () => get([{ Id: 'e', Expression: 'm9 * 2' }])],
    ['refers to itself', () => get([{ Id: 'e', Expression: 'e + 1' }])],
    [
      'one period for all of its metrics, got 10 and 60',
      () => get([{ Id: 'e', Expression: 'a + b' }, metric('a', 'A'), metric('b', 'B', { Period: 60 })]),
    ],
    [
      'one period for all of its metrics, got 60 and 10',
      () => get([{ Id: 'e', Expression: 'a', Period: 60 }, metric('a', 'A')]),
    ],
    ['at least one metric', () => get([{ Id: 'e', Expression: '1 + 1' }])],
    ['either MetricStat or Expression', () => get([{ Id: 'e' }])],
    ['an id of its own', () => get([metric('m', 'A'), metric('m', 'B')])],
    [
      'two weeks ago',
      () =>
        client.send(
          new PutMetricDataCommand({
            Namespace: 'Headroom',
            MetricData: [{ MetricName: 'Old', Value: 1, Timestamp: new Date(0) }],
          }),
        ),
    ],
    [
      'two hours from now',
      () =>
        client.send(
          new PutMetricDataCommand({
            Namespace: 'Headroom',
            MetricData: [
              { MetricName: 'Early', Value: 1, Timestamp: new Date(Date.now() + 2.1 * 3_600_000) },
            ],
          }),
        ),
    ],
    [
      'one of Value, Values',
      () =>
        client.send(
          new PutMetricDataCommand({ Namespace: 'Headroom', MetricData: [{ MetricName: 'Nothing' }] }),
        ),
    ],
  ])('refuses bad input naming it: %s', async (problem, send) => {
    await expect(send()).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringContaining(problem),
    });
  });
});
