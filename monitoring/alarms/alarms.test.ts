import { readFileSync, existsSync, readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { alarmName, fleetAlarmName, monitoredSystem } from '../../fleet/names.ts';
import { childrenOf, parseCompositeRule } from '../../cloudwatch/compositeRule.ts';
import { signalsOf } from '../signals.ts';
import { adoptedSystem, alarmsOf } from '../testing/adoptedAlarms.ts';
import { alarmTemplates, resourcesOf, stage, withoutQueue } from '../testing/virtualAlarms.ts';
import { allFleetWatchesOf, watchesOf } from '../watches.ts';
import { descriptionOf } from './description.ts';
import { knownAlarms } from './knownAlarms.ts';
import { tellingAlarmsOf, tellingCompositeIds } from './telling.ts';
import { contract } from '../../service/contract.ts';

const system = monitoredSystem(contract, stage, 'orders', {
  connectionLimit: 500,
  apiReservedConcurrency: 10,
  subscriberMaximumConcurrency: 2,
});
const systemWatches = { ...signalsOf(system, 60), ...watchesOf(system, 60) };
const fleetWatches = allFleetWatchesOf(`${stage}-fleet`, 1, 60);
const onCall = 'arn:aws:sns:us-east-1:111122223333:on-call';

let metric: Map<string, Record<string, unknown>>;
let composite: Map<string, Record<string, unknown>>;

beforeAll(() => {
  const templates = alarmTemplates(['orders']);
  const byName = (type: string) =>
    new Map(resourcesOf(templates, type).map((properties) => [String(properties['AlarmName']), properties]));
  metric = byName('AWS::CloudWatch::Alarm');
  composite = byName('AWS::CloudWatch::CompositeAlarm');
});

const named = (id: string) => metric.get(alarmName(stage, 'orders', id))!;

/** The metric with an id in a math alarm, with the statistic of it. */
const metricIn = (alarm: Record<string, unknown>, id: string) => {
  const metrics = alarm['Metrics'] as { Id: string; MetricStat?: { Metric: object; Stat: string } }[];
  const { Metric, Stat } = metrics.find(({ Id }) => Id === id)!.MetricStat!;
  return { ...Metric, Statistic: Stat };
};

describe('alarms', () => {
  it('are one for each threshold of each watch, and composites of a system and of a stage', () => {
    const expected = [
      ...Object.entries(systemWatches).map(([id, watch]) => [alarmName(stage, 'orders', id), watch] as const),
      ...Object.entries(fleetWatches).map(([id, watch]) => [fleetAlarmName(stage, id), watch] as const),
    ].flatMap(([name, { critical }]) => (critical ? [name, `${name}-critical`] : [name]));
    expect([...metric.keys()].sort()).toEqual(expected.sort());
    expect([...composite.keys()].sort()).toEqual(
      [
        'prod-fleet-affected',
        'prod-fleet-blind',
        'prod-fleet-unanswered',
        'prod-orders-ticket',
        ...tellingCompositeIds.map((id) => `prod-orders-${id}`),
      ].sort(),
    );
  });

  it.each([...Object.entries(systemWatches), ...Object.entries(fleetWatches)])(
    'ask what the watch %s says',
    (id, watch) => {
      const name = id in systemWatches ? alarmName(stage, 'orders', id) : fleetAlarmName(stage, id);
      const alarm = metric.get(name)!;
      expect(alarm).toMatchObject({
        EvaluationPeriods: watch.evaluationPeriods,
        DatapointsToAlarm: watch.datapointsToAlarm,
        ComparisonOperator:
          watch.comparison === 'below' ? 'LessThanThreshold' : 'GreaterThanOrEqualToThreshold',
        TreatMissingData: watch.missingData,
      });
      const worse = metric.get(`${name}-critical`);
      expect([worse?.['EvaluationPeriods'], worse?.['DatapointsToAlarm']]).toEqual([
        watch.critical?.evaluationPeriods,
        watch.critical?.datapointsToAlarm,
      ]);
      const { namespace, metricName, dimensions, statistic } = watch;
      const published = {
        Namespace: namespace,
        MetricName: metricName,
        Dimensions: Object.entries(dimensions)
          .map(([Name, Value]) => ({ Name, Value }))
          .sort((a, b) => a.Name.localeCompare(b.Name)),
      };
      const own = watch.math ? 'it' : watch.capacityRate ? 'load' : undefined;
      const asked = own === undefined ? alarm : metricIn(alarm, own);
      expect(asked).toMatchObject(published);
      expect((asked as typeof alarm)['Statistic'] ?? alarm['ExtendedStatistic']).toBe(statistic);
    },
  );

  it("put thresholds in the metric's own unit", () => {
    expect(named('databaseCpu')['Threshold']).toBe(80);
    expect(named('databaseConnections')['Threshold']).toBe(400);
    expect(named('databaseConnections-critical')['Threshold']).toBe(475);
    expect(named('functionConcurrency')['Threshold']).toBe(8);
    // Of 2 batches at once, 120 s a minute.
    expect(named('subscriberConcurrency')['Threshold']).toBe(96_000);
    expect(named('errorRate')['Threshold']).toBe(0.01);
    expect(named('errorRate-critical')['Threshold']).toBe(0.1);
    expect(named('oldestMessage')['Threshold']).toBe(900);
  });

  it('page by shares only where more than a few answers fail', () => {
    const arn = (id: string) => `ALARM("prod-orders-${id}")`;
    const rule = String(composite.get('prod-orders-page')!['AlarmRule']).replaceAll(/"[^"]*:alarm:/g, '"');
    expect(rule).toContain(
      `((${arn('errorRate-critical')} OR (${arn('errorRate')} AND ${arn('errorBudget')})) AND ${arn('failedAnswers')})`,
    );
  });

  it.each(['provenPeak', 'provenMessagePeak'])('compare the load with %s, by math over two metrics', (id) => {
    const { Metrics, Threshold } = named(id) as {
      Metrics: { Expression?: string }[];
      Threshold: number;
    };
    expect(Threshold).toBe(100);
    expect(Metrics).toHaveLength(3);
    expect(Metrics.map(({ Expression }) => Expression)).toContain(
      'IF(load >= 0 AND peak > 0, 100 * load / 60 / peak)',
    );
  });

  it('forecast what fills up, and count what should be measured, by math', () => {
    const expressionOf = (id: string) =>
      (named(id)['Metrics'] as { Expression?: string }[]).flatMap(({ Expression = [] }) => Expression);
    expect(expressionOf('connectionsFull')).toEqual([
      'IF(it >= 250, IF(it < 475, it + RATE(it) * 900, 0), 0)',
    ]);
    expect(named('connectionsFull')['Threshold']).toBe(500);
    expect(expressionOf('diskFull')).toEqual(['IF(it >= 50, IF(it < 95, it + RATE(it) * 3600, 0), 0)']);
    expect(named('diskFull')['Threshold']).toBe(100);
    expect(expressionOf('subscriberFailing')).toEqual(['100 * it / batches']);
    expect(expressionOf('databaseUnmeasured')).toEqual(['it * connections * disk']);
    expect(expressionOf('apiUnmeasured')).toEqual(['it * durations * concurrency * memory']);
    for (const id of ['it', 'durations', 'concurrency', 'memory']) {
      expect(metricIn(named('apiUnmeasured'), id).Statistic).toBe('SampleCount');
    }
  });

  it('tell on-call by composites, when it begins and when it is over, and of what fills up by themselves', () => {
    const telling = new Set(tellingAlarmsOf(stage, 'orders'));
    for (const [name, alarm] of metric) {
      expect(alarm['AlarmActions'], name).toEqual(telling.has(name) ? [onCall] : undefined);
      // Also when data come back of which nobody was told that they were gone.
      expect(alarm, name).not.toHaveProperty('OKActions');
    }
    for (const [name, alarm] of composite) {
      const tells = name.startsWith('prod-fleet-') || telling.has(name) ? [onCall] : undefined;
      expect([alarm['AlarmActions'], alarm['OKActions']], name).toEqual([tells, tells]);
    }
    expect([...telling].filter((name) => !metric.has(name) && !composite.has(name))).toEqual([]);
  });

  it('are all told of, by themselves or by a composite, but those that only show', () => {
    const told = new Set([
      ...tellingAlarmsOf(stage, 'orders'),
      ...[...composite.entries()]
        .filter(([, properties]) => properties['AlarmActions'] !== undefined)
        .flatMap(([, { AlarmRule }]) => childrenOf(parseCompositeRule(String(AlarmRule)))),
    ]);
    expect([...metric.keys()].filter((name) => !told.has(name)).sort()).toEqual([
      // The second look pages.
      'prod-fleet-unhealthyHosts',
      'prod-orders-unhealthy',
    ]);
    expect([...told].filter((name) => !metric.has(name) && !composite.has(name))).toEqual([]);
  });

  it('hide no cause behind another: composites of several say why one word is enough', () => {
    const causes = [...composite]
      .filter(([name]) => name.startsWith('prod-orders-') && name !== 'prod-orders-ticket')
      .map(([name, { AlarmRule }]) => [
        name.replace('prod-orders-', ''),
        childrenOf(parseCompositeRule(String(AlarmRule))).map((child) => child.replace('prod-orders-', '')),
      ]);
    expect(Object.fromEntries(causes.filter(([, children]) => children!.length > 1))).toEqual({
      // No good answers.
      page: ['errorRate-critical', 'errorRate', 'errorBudget', 'failedAnswers', 'unhealthy-critical'],
      // One command for both.
      pageMessages: ['deadLetters', 'undelivered'],
      // The one makes the other.
      pageSubscriber: ['oldestMessage-critical', 'subscriberFailing-critical'],
      ticketErrors: ['errorRate', 'errorBudget'],
      // Many failures are also many of the batches.
      ticketSubscriberErrors: ['subscriberErrors', 'subscriberFailing'],
      // One look says which.
      ticketUnmeasured: ['databaseUnmeasured', 'apiUnmeasured', 'page'],
    });
  });

  it('are tickets at a glance, all of them and nothing that pages', () => {
    const children = childrenOf(
      parseCompositeRule(String(composite.get('prod-orders-ticket')!['AlarmRule'])),
    );
    expect(children.map((child) => child.replace('prod-orders-', ''))).toEqual([
      'errorRate',
      'errorBudget',
      'databaseCpu',
      'databaseMemory',
      'databaseConnections',
      'databaseDisk',
      'functionMemory',
      'functionConcurrency',
      'subscriberMemory',
      'subscriberConcurrency',
      'duration',
      'oldestMessage',
      'repeatedErrors',
      'recurringErrors',
      'subscriberErrors',
      'subscriberFailing',
      'connectionsFull',
      'diskFull',
      'provenPeak',
      'provenMessagePeak',
    ]);
  });

  it('are suppressed by the wider one: the fleet before its systems, the page before the rest', () => {
    const suppressor = (name: string) =>
      (composite.get(name)!['ActionsSuppressor'] as string | undefined)?.split(':alarm:')[1];
    const expected = Object.fromEntries(tellingCompositeIds.map((id) => [id, 'prod-orders-page']));
    for (const [id, by] of Object.entries({
      ...expected,
      page: 'prod-fleet-affected',
      ticketUnmeasured: 'prod-fleet-blind',
    })) {
      expect(suppressor(`prod-orders-${id}`), id).toBe(by);
    }
    expect(suppressor('prod-fleet-blind')).toBe('prod-fleet-affected');
    expect(suppressor('prod-fleet-unanswered')).toBe('prod-fleet-unhealthyHosts');
    expect(suppressor('prod-fleet-affected')).toBeUndefined();
    expect(composite.get('prod-orders-page')).toMatchObject({
      ActionsSuppressorWaitPeriod: 120,
      ActionsSuppressorExtensionPeriod: 240,
    });
  });

  it('explain how missing data is treated, watch by watch', () => {
    for (const { id, missingDataReason, limitSource } of Object.values({
      ...systemWatches,
      ...fleetWatches,
    })) {
      expect(missingDataReason, id).toMatch(/^[A-Z].{15,}\.$/);
      expect(limitSource, id).toMatch(/^[A-Z].{15,}\.$/);
    }
  });
});

describe('every alarm', () => {
  const pages = readdirSync('monitoring/runbooks');

  it('says in one sentence what it means, then its runbook and its dashboard', () => {
    for (const [name, alarm] of [...metric, ...composite]) {
      const description = String(alarm['AlarmDescription']);
      expect(description, name).toMatch(
        /^(orders|prod): .+\. Runbook: monitoring\/runbooks\/\w+\.md\. Dashboard: prod-fleet-(overview|application|database)\.$/,
      );
      expect(description.length, name).toBeLessThanOrEqual(1_024);
    }
  });

  it('is known as data: its description is that in one text, and no other alarm is known', () => {
    const known = knownAlarms(stage, [system], 60);
    const described = [...metric, ...composite].map(([name, alarm]) => [name, alarm['AlarmDescription']]);
    expect(new Map([...known].map(([name, alarm]) => [name, descriptionOf(alarm)]))).toEqual(
      new Map(described as [string, string][]),
    );
    expect([...known.values()].map(({ name }) => name)).toEqual([...known.keys()]);
  });

  it('is known of a system that lacks something, and no other', () => {
    const apiUrl = 'https://clients.example';
    const healthcheckUrl = `${apiUrl}/health`;
    const database = { identifier: 'warehouse' };
    for (const adopt of [
      { apiUrl },
      { apiUrl, healthcheckUrl },
      { apiUrl, apiName: 'clients' },
      { apiUrl, database },
      { apiUrl, functions: { subscriber: 'subscriber' } },
    ]) {
      const legacy = adoptedSystem(adopt);
      const known = [...knownAlarms(stage, [legacy], 60).values()].filter(
        (alarm) => alarm.system === 'legacy',
      );
      const made = [...alarmsOf(legacy).keys()].map((id) => alarmName(stage, 'legacy', id));
      expect(known.map(({ name }) => name).toSorted(), JSON.stringify(adopt)).toEqual(made.toSorted());
    }
  });

  it('has a runbook that exists, and no runbook is without an alarm', () => {
    const ofNoQueue = resourcesOf(alarmTemplates([withoutQueue]), 'AWS::CloudWatch::Alarm').map(
      (properties): [string, Record<string, unknown>] => [String(properties['AlarmName']), properties],
    );
    const paths = [...metric, ...composite, ...ofNoQueue].map(
      ([name, { AlarmDescription }]) =>
        [name, /Runbook: (\S+\.md)\./.exec(String(AlarmDescription))![1]!] as const,
    );
    for (const [name, path] of paths) expect(existsSync(path), `${name}: ${path}`).toBe(true);
    expect(pages.sort()).toEqual([...new Set(paths.map(([, path]) => path.split('/').at(-1)!))].sort());
  });

  it('has in its runbook the first checks with commands, how to buy time, how to fix, when to escalate', () => {
    for (const page of pages) {
      const text = readFileSync(`monitoring/runbooks/${page}`, 'utf8');
      for (const heading of ['First checks', 'Buy time', 'Fix', 'Escalate']) {
        expect(text, page).toContain(`\n## ${heading}\n`);
      }
      const checks = text.split('## First checks')[1]!.split('\n## ')[0]!;
      expect(checks.match(/^\d\. /gm), page).toHaveLength(3);
      expect(checks, page).toContain('```sh');
      for (const [, link] of text.matchAll(/\]\((\w+\.md)\)/g)) expect(pages, page).toContain(link);
    }
  });
});
