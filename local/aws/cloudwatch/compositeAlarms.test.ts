import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../core/testing/manualClock.ts';
import { localAccountId } from '../account.ts';
import { startTestEndpoint, type TestEndpoint } from '../testing/testEndpoint.ts';
import { Alarms } from './alarms.ts';
import { MetricStore } from '../../../cloudwatch/metricStore.ts';

const startMs = Date.UTC(2026, 10, 3, 12, 0, 0);
const topic = 'arn:aws:sns:us-east-1:000000000000:local-fleet-on-call';
const children = ['errorRate', 'unhealthy', 'fleetCause'];

/** Breaches at 1, each period of ten seconds for itself. */
const metricAlarm = (name: string) => ({
  AlarmName: name,
  Namespace: 'Test',
  MetricName: name,
  Statistic: 'Maximum',
  Period: 10,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData: 'notBreaching',
});

const page = {
  AlarmName: 'page',
  AlarmRule: 'ALARM("errorRate") OR ALARM("unhealthy")',
  AlarmActions: [topic],
  OKActions: [topic],
};

function bench(...composites: object[]) {
  const metrics = new MetricStore();
  const published: { subject: string; message: Record<string, unknown> }[] = [];
  const alarms = new Alarms({
    region: 'us-east-1',
    accountId: localAccountId,
    metrics,
    publish: async (_topicArn, { subject, message }) => {
      published.push({ subject, message: JSON.parse(message) as Record<string, unknown> });
    },
  });
  for (const name of children) alarms.add(metricAlarm(name), startMs);
  for (const composite of composites) alarms.composites.add(composite, startMs);
  let period = 0;
  /** A period in which the named metrics breach, then an evaluation. */
  const play = async (...breaching: string[]): Promise<string[]> => {
    const atMs = startMs + period * 10_000;
    period += 1;
    for (const name of children) {
      const value = breaching.includes(name) ? 1 : 0;
      metrics.put({ namespace: 'Test', name, dimensions: {}, timestampMs: atMs, value });
    }
    const before = published.length;
    await alarms.tick(atMs + 10_000);
    return published.slice(before).map(({ subject }) => subject.split(':')[0] ?? '');
  };
  return { alarms, published, play };
}

describe('composite alarms', () => {
  it('tell on-call once, whatever joins the first cause, and once that all is over', async () => {
    const { alarms, play, published } = bench(page);
    expect(await play()).toEqual(['OK']);
    expect(await play('errorRate')).toEqual(['ALARM']);
    expect(await play('errorRate', 'unhealthy')).toEqual([]);
    expect(await play('unhealthy')).toEqual([]);
    expect(await play()).toEqual(['OK']);
    expect(published[1]?.message).toMatchObject({
      AlarmName: 'page',
      OldStateValue: 'OK',
      NewStateValue: 'ALARM',
      AlarmRule: page.AlarmRule,
      TriggeringChildren: [{ Arn: expect.stringContaining(':alarm:errorRate') }],
    });
    expect(alarms.composites.get('page')?.state).toBe('OK');
  });

  it('keep still while a suppressor is in ALARM, and for its extension period', async () => {
    const { alarms, play } = bench({
      ...page,
      ActionsSuppressor: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:fleetCause',
      ActionsSuppressorWaitPeriod: 30,
      ActionsSuppressorExtensionPeriod: 10,
    });
    await play();
    expect(await play('errorRate', 'fleetCause')).toEqual([]);
    expect(alarms.composites.get('page')).toMatchObject({ state: 'ALARM', suppressedBy: 'Alarm' });
    expect(await play('errorRate')).toEqual([]);
    expect(alarms.composites.get('page')?.suppressedBy).toBe('ExtensionPeriod');
    expect(await play('errorRate')).toEqual(['ALARM']);
  });

  it('tell of the state before, and of the child that changed last, also after a wait', async () => {
    const { play, published } = bench({
      ...page,
      ActionsSuppressor: 'fleetCause',
      ActionsSuppressorWaitPeriod: 10,
      ActionsSuppressorExtensionPeriod: 30,
    });
    await play();
    expect(await play('unhealthy')).toEqual([]);
    expect(await play('unhealthy')).toEqual(['ALARM']);
    expect(await play('unhealthy', 'errorRate')).toEqual([]);
    expect(await play('errorRate')).toEqual([]);
    expect(await play()).toEqual(['OK']);
    expect(published.map(({ message }) => [message['OldStateValue'], message['NewStateValue']])).toEqual([
      ['INSUFFICIENT_DATA', 'OK'],
      ['OK', 'ALARM'],
      ['ALARM', 'OK'],
    ]);
    expect(published[1]?.message['NewStateReason']).toContain(':alarm:unhealthy transitioned to ALARM at');
    expect(published[2]?.message['NewStateReason']).toContain(':alarm:errorRate transitioned to OK at');
  });

  it('may be children of composites, wherever they stand', async () => {
    const parent = { AlarmName: 'any', AlarmRule: 'ALARM(page)', AlarmActions: [topic] };
    const { alarms, play } = bench(parent, page);
    await play('unhealthy');
    expect(alarms.composites.get('any')?.state).toBe('ALARM');
  });

  it('refuse an alarm that is not there, and a suppressor without its periods', () => {
    const { alarms } = bench({ ...page, AlarmRule: 'ALARM("nobody")' });
    expect(() => alarms.composites.checkReferences()).toThrow('"page" refers to "nobody"');
    const suppressed = bench({
      ...page,
      ActionsSuppressor: 'noSuppressor',
      ActionsSuppressorWaitPeriod: 10,
      ActionsSuppressorExtensionPeriod: 10,
    });
    expect(() => suppressed.alarms.composites.checkReferences()).toThrow('"page" refers to "noSuppressor"');
    expect(() => alarms.composites.add({ ...page, ActionsSuppressor: 'fleetCause' }, startMs)).toThrow(
      'ActionsSuppressor: expected with both of its periods',
    );
  });
});

describe('SetAlarmState', () => {
  let clock: ManualClock;
  let endpoint: TestEndpoint;
  let cloudWatch: CloudWatchClient;
  beforeEach(async () => {
    // In the middle of a period: what was evaluated already is left alone until the next.
    clock = new ManualClock(Math.floor(Date.now() / 10_000) * 10_000 + 5_000);
    endpoint = await startTestEndpoint(clock);
    cloudWatch = new CloudWatchClient(endpoint.clientConfig);
    const { alarms } = endpoint.state;
    for (const name of children) alarms.add(metricAlarm(name), clock.now());
    alarms.composites.add(page, clock.now());
    await alarms.tick(clock.now());
  });
  afterEach(async () => {
    cloudWatch.destroy();
    await endpoint.close();
  });

  const set = (AlarmName: string, StateValue: 'ALARM' | 'OK') =>
    cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'a test of the way' }));
  const states = async () => {
    const { MetricAlarms = [], CompositeAlarms = [] } = await cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
    );
    const all = [...MetricAlarms, ...CompositeAlarms];
    return Object.fromEntries(all.map(({ AlarmName, StateValue }) => [AlarmName, StateValue]));
  };

  it('sets a metric alarm until its next evaluation; composites follow', async () => {
    await set('errorRate', 'ALARM');
    expect((await states())['errorRate']).toBe('ALARM');
    await endpoint.state.alarms.tick(clock.now());
    expect(await states()).toMatchObject({ errorRate: 'ALARM', page: 'ALARM' });
    clock.advance(10_000);
    await endpoint.state.alarms.tick(clock.now());
    expect(await states()).toMatchObject({ errorRate: 'OK', page: 'OK' });
  });

  it('sets a composite until one of its children changes', async () => {
    await set('page', 'ALARM');
    clock.advance(10_000);
    await endpoint.state.alarms.tick(clock.now());
    expect((await states())['page']).toBe('ALARM');
    await set('errorRate', 'ALARM');
    await endpoint.state.alarms.tick(clock.now());
    clock.advance(10_000);
    await endpoint.state.alarms.tick(clock.now());
    expect((await states())['page']).toBe('OK');
    const { AlarmHistoryItems = [] } = await cloudWatch.send(
      new DescribeAlarmHistoryCommand({
        AlarmTypes: ['CompositeAlarm'],
        HistoryItemType: 'StateUpdate',
        ScanBy: 'TimestampAscending',
      }),
    );
    expect(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary)).toEqual([
      'Alarm updated from INSUFFICIENT_DATA to OK',
      'Alarm updated from OK to ALARM',
      'Alarm updated from ALARM to OK',
    ]);
  });

  it('refuses an alarm that is not there', async () => {
    await expect(set('nobody', 'OK')).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });
});
