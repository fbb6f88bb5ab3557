import {
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  ListTagsForResourceCommand,
  PutMetricAlarmCommand,
  type CloudWatchClient,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cloudWatchClient, cloudWatchProtocols } from '../testing/cloudWatchProtocols.ts';
import { startTestEndpoint, type TestEndpoint } from '../testing/testEndpoint.ts';

let endpoint: TestEndpoint;
let client: CloudWatchClient;
afterEach(async () => {
  client.destroy();
  await endpoint.close();
});

const alarm: PutMetricAlarmCommandInput = {
  AlarmName: 'cpu',
  AlarmDescription: 'a & <b>',
  AlarmActions: ['arn:aws:sns:us-east-1:000000000000:on-call'],
  Namespace: 'AWS/Redshift',
  MetricName: 'CPUUtilization',
  Dimensions: [{ Name: 'ClusterIdentifier', Value: 'ñ' }],
  Statistic: 'Maximum',
  Period: 60,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  Threshold: 80.5,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData: 'breaching',
};

describe.each(cloudWatchProtocols)('alarms made by hand, in %s', (_name, protocol) => {
  beforeEach(async () => {
    endpoint = await startTestEndpoint();
    client = cloudWatchClient(endpoint, protocol);
  });

  const put = (change: Partial<PutMetricAlarmCommandInput> = {}) =>
    client.send(new PutMetricAlarmCommand({ ...alarm, ...change }));
  const all = async () =>
    await client.send(new DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }));
  const names = async () => ((await all()).MetricAlarms ?? []).map(({ AlarmName }) => AlarmName);

  it('are told as they were put, and overwritten whole', async () => {
    await put();
    const first = (await all()).MetricAlarms?.[0];
    expect(first).toMatchObject({ ...alarm, ActionsEnabled: true, StateValue: 'INSUFFICIENT_DATA' });
    endpoint.state.alarms.all()[0]!.state = 'ALARM';
    await put({ Threshold: 90, TreatMissingData: undefined });
    expect((await all()).MetricAlarms).toMatchObject([
      { Threshold: 90, TreatMissingData: 'missing', StateValue: 'ALARM' },
    ]);
  });

  it('take metric math', async () => {
    const stat = (Id: string, MetricName: string) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'N', MetricName }, Period: 60, Stat: 'p99' },
      ReturnData: false,
    });
    const { AlarmName, EvaluationPeriods, Threshold, ComparisonOperator } = alarm;
    const Metrics = [
      { Id: 'share', Expression: 'errors / requests', ReturnData: true },
      stat('errors', 'Errors'),
      stat('requests', 'Requests'),
    ];
    await client.send(
      new PutMetricAlarmCommand({ AlarmName, EvaluationPeriods, Threshold, ComparisonOperator, Metrics }),
    );
    expect((await all()).MetricAlarms?.[0]?.Metrics).toMatchObject(Metrics);
  });

  it('act or do not, as they are told', async () => {
    await put();
    const composite = { AlarmName: 'page', AlarmRule: 'ALARM("cpu")' };
    endpoint.state.alarms.composites.add(composite, Date.now());
    const enabled = async () => {
      const { MetricAlarms = [], CompositeAlarms = [] } = await all();
      return [...MetricAlarms, ...CompositeAlarms].map(({ ActionsEnabled }) => ActionsEnabled);
    };
    await client.send(new DisableAlarmActionsCommand({ AlarmNames: ['cpu', 'page', 'none'] }));
    expect(await enabled()).toEqual([false, false]);
    await client.send(new EnableAlarmActionsCommand({ AlarmNames: ['cpu'] }));
    expect(await enabled()).toEqual([true, false]);
    const history = await client.send(new DescribeAlarmHistoryCommand({ AlarmName: 'cpu' }));
    expect(history.AlarmHistoryItems?.map(({ HistorySummary }) => HistorySummary)).toEqual([
      'Alarm "cpu" updated',
      'Alarm "cpu" updated',
      'Alarm "cpu" created',
    ]);
  });

  it('keep their tags, which are asked for by their ARN', async () => {
    const Tags = [{ Key: 'team', Value: 'ñ' }];
    await put({ Tags });
    const { AlarmArn: ResourceARN } = (await all()).MetricAlarms?.[0] ?? {};
    expect((await client.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags).toEqual(Tags);
    const missing = new ListTagsForResourceCommand({ ResourceARN: `${ResourceARN}-none` });
    await expect(client.send(missing)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('are deleted together or not at all', async () => {
    await put();
    await put({ AlarmName: 'memory' });
    const missing = client.send(new DeleteAlarmsCommand({ AlarmNames: ['cpu', 'none'] }));
    await expect(missing).rejects.toMatchObject({
      message: expect.stringContaining('Alarm "none" does not exist'),
      $metadata: { httpStatusCode: 404 },
    });
    expect(await names()).toEqual(['cpu', 'memory']);
    await client.send(new DeleteAlarmsCommand({ AlarmNames: ['cpu', 'memory'] }));
    expect(await names()).toEqual([]);
  });

  it.each<[string, Partial<PutMetricAlarmCommandInput>]>([
    ['Period', { Period: 7 }],
    ['DatapointsToAlarm', { DatapointsToAlarm: 4 }],
    ['Statistic "Median"', { Statistic: 'Median' as never }],
    ['ComparisonOperator', { ComparisonOperator: 'GreaterThanUpperThreshold' }],
    ['EvaluateLowSampleCountPercentile: not supported', { EvaluateLowSampleCountPercentile: 'ignore' }],
    ['is a composite alarm', { AlarmName: 'page' }],
  ])('are refused for what they cannot be: %s', async (problem, change) => {
    endpoint.state.alarms.composites.add({ AlarmName: 'page', AlarmRule: 'TRUE' }, Date.now());
    await expect(put(change)).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringContaining(problem),
    });
    expect(await names()).toEqual([]);
  });
});
