import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localAccountId } from '../account.ts';
import { startTestEndpoint, type TestEndpoint } from '../testing/testEndpoint.ts';
import { Alarms } from './alarms.ts';
import type { StateChange } from './metricAlarm.ts';
import { MetricStore } from '../../../cloudwatch/metricStore.ts';

const startMs = Date.UTC(2026, 10, 3, 12, 0, 0);
const topic = 'arn:aws:sns:us-east-1:000000000000:local-fleet-on-call';
const cpu = { namespace: 'AWS/Redshift', name: 'CPUUtilization', dimensions: { ClusterIdentifier: 'c' } };

const properties = (change: object = {}) => ({
  AlarmName: 'local-system-01-databaseCpu',
  AlarmDescription: 'Runbook: …',
  AlarmActions: [topic],
  OKActions: [topic],
  Namespace: 'AWS/Redshift',
  MetricName: 'CPUUtilization',
  Dimensions: [{ Name: 'ClusterIdentifier', Value: 'c' }],
  Statistic: 'Maximum',
  Period: 10,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 3,
  Threshold: 80,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData: 'missing',
  ...change,
});

function bench(publish?: () => Promise<void>) {
  const metrics = new MetricStore();
  const published: { topicArn: string; subject: string; message: Record<string, unknown> }[] = [];
  const alarms = new Alarms({
    region: 'us-east-1',
    accountId: localAccountId,
    metrics,
    publish:
      publish ??
      (async (topicArn, { subject, message }) => {
        published.push({ topicArn, subject, message: JSON.parse(message) as Record<string, unknown> });
      }),
  });
  /** One value a period from the start on, an evaluation after each. */
  const play = async (values: readonly number[], fromPeriod = 0): Promise<string[]> => {
    const states: string[] = [];
    for (const [index, value] of values.entries()) {
      const periodMs = startMs + (fromPeriod + index) * 10_000;
      metrics.put({ ...cpu, timestampMs: periodMs + 5_000, value });
      await alarms.tick(periodMs + 10_000);
      states.push(alarms.all()[0]?.state ?? '');
    }
    return states;
  };
  return { metrics, alarms, published, play };
}

describe('Alarms', () => {
  it('goes to ALARM after three breaching periods and back after one good one', async () => {
    const { alarms, play } = bench();
    alarms.add(properties(), startMs);
    expect(alarms.all()[0]?.state).toBe('INSUFFICIENT_DATA');
    expect(await play([10, 90, 90, 90, 90, 10])).toEqual(['OK', 'OK', 'OK', 'ALARM', 'ALARM', 'OK']);
  });

  it('acts on a change only, with the message CloudWatch sends', async () => {
    const { alarms, play, published } = bench();
    const changes: StateChange[] = [];
    alarms.on('stateChange', (change) => changes.push(change));
    alarms.add(properties(), startMs);
    await play([10, 90, 90, 90, 90, 90]);
    expect(changes.map(({ from, to }) => `${from} > ${to}`)).toEqual([
      'INSUFFICIENT_DATA > OK',
      'OK > ALARM',
    ]);
    expect(published).toHaveLength(2);
    expect(published[1]).toMatchObject({
      topicArn: topic,
      subject: 'ALARM: "local-system-01-databaseCpu" in us-east-1',
      message: {
        AlarmName: 'local-system-01-databaseCpu',
        AlarmArn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:local-system-01-databaseCpu',
        OldStateValue: 'OK',
        NewStateValue: 'ALARM',
        NewStateReason: expect.stringContaining('3 out of the last 3 datapoints'),
        StateChangeTime: '2026-11-03T12:00:40.000+0000',
        Trigger: {
          MetricName: 'CPUUtilization',
          Statistic: 'MAXIMUM',
          Dimensions: [{ value: 'c', name: 'ClusterIdentifier' }],
          Threshold: 80,
        },
      },
    });
  });

  it('counts a datapoint that is up to three seconds late, and a later one in the next period only', async () => {
    const { alarms, metrics } = bench();
    const alarm = alarms.add(properties({ EvaluationPeriods: 1, DatapointsToAlarm: 1 }), startMs);
    await alarms.tick(startMs + 10_000);
    metrics.put({ ...cpu, timestampMs: startMs + 9_000, value: 90 });
    await alarms.tick(startMs + 13_000);
    expect(alarm.state).toBe('ALARM');

    metrics.put({ ...cpu, timestampMs: startMs + 15_000, value: 10 });
    await alarms.tick(startMs + 20_000);
    expect(alarm.state).toBe('OK');
    metrics.put({ ...cpu, timestampMs: startMs + 19_000, value: 90 });
    await alarms.tick(startMs + 23_001);
    expect(alarm.state).toBe('OK');
    await alarms.tick(startMs + 30_000);
    expect(alarm.state).toBe('ALARM');
  });

  it('asks for all of N where M is left out', async () => {
    const { alarms, play } = bench();
    alarms.add(properties({ EvaluationPeriods: 2, DatapointsToAlarm: undefined }), startMs);
    expect(await play([10, 90, 90])).toEqual(['OK', 'OK', 'ALARM']);
  });

  it('has actions of their own for each state, set by hand or not', async () => {
    const { alarms, published } = bench();
    const arn = (name: string) => `arn:aws:sns:us-east-1:000000000000:${name}`;
    alarms.add(
      properties({
        AlarmActions: [arn('alarm')],
        OKActions: [arn('ok')],
        InsufficientDataActions: [arn('insufficient')],
      }),
      startMs,
    );
    for (const state of ['ALARM', 'OK', 'INSUFFICIENT_DATA'] as const) {
      await alarms.setState('local-system-01-databaseCpu', state, 'by hand', startMs);
      await alarms.setState('local-system-01-databaseCpu', state, 'again', startMs);
    }
    expect(published.map(({ topicArn }) => topicArn)).toEqual([arn('alarm'), arn('ok'), arn('insufficient')]);
  });

  it('sends a subject that SNS accepts, however long its name', async () => {
    const { alarms, published } = bench();
    alarms.add(properties({ AlarmName: 'a'.repeat(255) }), startMs);
    await alarms.setState('a'.repeat(255), 'ALARM', 'by hand', startMs);
    expect(published[0]?.subject).toMatch(/^ALARM: "a{92}$/);
  });

  it('forgets the oldest of its history first', async () => {
    const { alarms } = bench();
    alarms.add(properties({ OKActions: [], AlarmActions: [] }), startMs);
    for (let change = 0; change < 5_000; change += 1) {
      const state = change % 2 === 0 ? 'ALARM' : 'OK';
      await alarms.setState('local-system-01-databaseCpu', state, 'by hand', startMs + change);
    }
    const history = alarms.history();
    expect(history).toHaveLength(5_000);
    expect(history.at(0)?.timestampMs).toBe(startMs + 4_999);
    expect(history.at(-1)).toMatchObject({ type: 'StateUpdate', timestampMs: startMs });
  });

  it('watches the one series of a math alarm that returns data', async () => {
    const { alarms, play } = bench();
    const { Namespace, MetricName, Dimensions, Statistic, Period, ...rest } = properties();
    const MetricStat = { Metric: { Namespace, MetricName, Dimensions }, Period, Stat: Statistic };
    alarms.add(
      {
        ...rest,
        EvaluationPeriods: 1,
        DatapointsToAlarm: 1,
        Metrics: [
          { Id: 'share', Expression: '100 * m1 / 50', ReturnData: true },
          { Id: 'm1', MetricStat, ReturnData: false },
        ],
      },
      startMs,
    );
    expect(await play([39, 40])).toEqual(['OK', 'ALARM']);
  });

  it('acts on nothing while actions are disabled', async () => {
    const { alarms, play, published } = bench();
    alarms.add(properties({ ActionsEnabled: false, EvaluationPeriods: 1, DatapointsToAlarm: 1 }), startMs);
    expect(await play([90])).toEqual(['ALARM']);
    expect(published).toEqual([]);
  });

  it('records an action that failed, and runs the others', async () => {
    const { alarms, play } = bench(() => Promise.reject(new Error('no such topic')));
    const lambda = 'arn:aws:lambda:us-east-1:000000000000:function:x';
    alarms.add(
      properties({ AlarmActions: [lambda, topic], EvaluationPeriods: 1, DatapointsToAlarm: 1 }),
      startMs,
    );
    await play([90]);
    const failed = alarms.history().filter((item) => item.type === 'Action');
    expect(failed.map((item) => item.summary).sort()).toEqual([
      `Failed to execute action ${lambda}: only SNS topics are supported as actions on this stage`,
      `Failed to execute action ${topic}: no such topic`,
    ]);
  });

  it('keeps its state when it is configured anew', async () => {
    const { alarms, play } = bench();
    alarms.add(properties({ EvaluationPeriods: 1, DatapointsToAlarm: 1 }), startMs);
    await play([90]);
    alarms.add(properties({ Threshold: 95 }), startMs + 11_000);
    expect(alarms.all()).toHaveLength(1);
    expect(alarms.all()[0]?.state).toBe('ALARM');
  });

  it.each<[string, object]>([
    ['ThresholdMetricId', { ThresholdMetricId: 'ad1' }],
    ['EvaluateLowSampleCountPercentile', { EvaluateLowSampleCountPercentile: 'ignore' }],
    ['ComparisonOperator', { ComparisonOperator: 'GreaterThanUpperThreshold' }],
    ['DatapointsToAlarm: expected at most EvaluationPeriods', { DatapointsToAlarm: 4 }],
    ['Period', { Period: 7 }],
    ['expected Namespace, MetricName', { MetricName: undefined }],
    ['Metrics: expected no MetricName', { Metrics: [{ Id: 'e', Expression: 'e1' }] }],
    ['Stat "tm99"', { Statistic: undefined, ExtendedStatistic: 'tm99' }],
  ])('refuses a definition that it cannot evaluate: %s', (problem, change) => {
    expect(() => bench().alarms.add(properties(change), startMs)).toThrow(problem);
  });
});

describe('CloudWatch alarms through the client', () => {
  let endpoint: TestEndpoint;
  let client: CloudWatchClient;
  beforeEach(async () => {
    endpoint = await startTestEndpoint();
    client = new CloudWatchClient(endpoint.clientConfig);
    const { alarms, metrics } = endpoint.state;
    for (const name of ['local-a-cpu', 'local-b-cpu', 'other-cpu']) {
      alarms.add(
        properties({
          AlarmName: name,
          AlarmActions: [],
          OKActions: [],
          Threshold: name === 'local-a-cpu' ? 80 : 99,
        }),
        startMs,
      );
    }
    for (const offsetMs of [0, 10_000, 20_000]) {
      metrics.put({ ...cpu, timestampMs: startMs + offsetMs, value: 90 });
    }
    await alarms.tick(startMs + 30_000);
  });
  afterEach(async () => {
    client.destroy();
    await endpoint.close();
  });

  const names = async (filter: object): Promise<(string | undefined)[]> =>
    ((await client.send(new DescribeAlarmsCommand(filter))).MetricAlarms ?? []).map(
      (alarm) => alarm.AlarmName,
    );

  it('filters by name, prefix, state and type', async () => {
    expect(await names({})).toEqual(['local-a-cpu', 'local-b-cpu', 'other-cpu']);
    expect(await names({ AlarmNames: ['other-cpu', 'none'] })).toEqual(['other-cpu']);
    expect(await names({ AlarmNamePrefix: 'local-' })).toEqual(['local-a-cpu', 'local-b-cpu']);
    expect(await names({ StateValue: 'ALARM' })).toEqual(['local-a-cpu']);
    expect(await names({ AlarmTypes: ['CompositeAlarm'] })).toEqual([]);
    endpoint.state.alarms.composites.add(
      { AlarmName: 'any', AlarmRule: 'ALARM("other-cpu") OR ALARM("local-b-cpu")' },
      startMs,
    );
    expect(await names({ ChildrenOfAlarmName: 'any' })).toEqual(['local-b-cpu', 'other-cpu']);
  });

  it('tells an alarm as it was defined, with its state', async () => {
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ AlarmNames: ['local-a-cpu'] }));
    expect(MetricAlarms?.[0]).toMatchObject({
      StateValue: 'ALARM',
      StateReason: expect.stringContaining('Threshold Crossed'),
      StateUpdatedTimestamp: new Date(startMs + 30_000),
      Dimensions: [{ Name: 'ClusterIdentifier', Value: 'c' }],
      Threshold: 80,
      Period: 10,
      ActionsEnabled: true,
    });
  });

  it('pages', async () => {
    const first = await client.send(new DescribeAlarmsCommand({ MaxRecords: 2 }));
    expect(first.MetricAlarms).toHaveLength(2);
    expect(await names({ MaxRecords: 2, NextToken: first.NextToken })).toEqual(['other-cpu']);
    const whole = await client.send(new DescribeAlarmsCommand({ MaxRecords: 3 }));
    expect(whole.MetricAlarms).toHaveLength(3);
    expect(whole.NextToken).toBeUndefined();
  });

  it('tells the history of an alarm, newest first', async () => {
    const { AlarmHistoryItems } = await client.send(
      new DescribeAlarmHistoryCommand({ AlarmName: 'local-a-cpu' }),
    );
    expect(AlarmHistoryItems?.map((item) => item.HistoryItemType)).toEqual([
      'StateUpdate',
      'ConfigurationUpdate',
    ]);
    expect(AlarmHistoryItems?.[0]?.HistorySummary).toBe('Alarm updated from INSUFFICIENT_DATA to ALARM');
  });

  it('tells the history of a stretch of time', async () => {
    const typesWithin = async (StartDate: Date, EndDate: Date) => {
      const { AlarmHistoryItems = [] } = await client.send(
        new DescribeAlarmHistoryCommand({ AlarmName: 'local-a-cpu', StartDate, EndDate }),
      );
      return AlarmHistoryItems.map((item) => item.HistoryItemType);
    };
    const changedAt = new Date(startMs + 30_000);
    expect(await typesWithin(new Date(startMs), new Date(startMs + 29_000))).toEqual(['ConfigurationUpdate']);
    expect(await typesWithin(changedAt, changedAt)).toEqual(['StateUpdate']);
  });
});
