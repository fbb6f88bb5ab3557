import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { addSystemAlarms } from '../../../monitoring/alarms/systemAlarms.ts';
import { signalsOf } from '../../../monitoring/signals.ts';
import { bareApp } from '../../../monitoring/testing/bareApp.ts';
import { alarmName, dashboardNamesOf, monitoredSystem } from '../../../fleet/names.ts';
import { localAccountId } from '../account.ts';
import { Alarms } from './alarms.ts';
import { MetricStore } from '../../../cloudwatch/metricStore.ts';
import { contract } from '../../../service/contract.ts';

it('runs the alarms of a system as the template has them', async () => {
  const system = monitoredSystem(contract, 'local', 'system-01', {
    connectionLimit: 50,
    apiReservedConcurrency: 10,
    subscriberMaximumConcurrency: 2,
  });
  const stack = new Stack(bareApp(), 'system-01');
  addSystemAlarms(stack, {
    stage: 'local',
    system,
    periodSeconds: 10,
    onCallTopicArn: 'arn:aws:sns:us-east-1:000000000000:local-fleet-on-call',
    dashboardNames: dashboardNamesOf('local'),
    fleetAlarmArnOf: (id) => `arn:aws:cloudwatch:us-east-1:000000000000:alarm:local-fleet-${id}`,
    alarmNameOf: (id) => alarmName('local', 'system-01', id),
  });
  const metrics = new MetricStore();
  const told: string[] = [];
  const alarms = new Alarms({
    region: 'us-east-1',
    accountId: localAccountId,
    metrics,
    publish: (_topicArn, { subject }) => {
      told.push(subject);
      return Promise.resolve();
    },
  });
  const startMs = Date.UTC(2026, 10, 3, 12, 0, 0);
  for (const resource of Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'))) {
    alarms.add((resource as { Properties: unknown }).Properties, startMs);
  }
  const signals = signalsOf(system, 10);
  const { namespace, metricName: name, dimensions } = signals.databaseConnections;
  for (const second of [5, 15, 25]) {
    // 40 of 50 connections are the 80 % line.
    metrics.put({ namespace, name, dimensions, timestampMs: startMs + second * 1000, value: 40 });
  }
  await alarms.tick(startMs + 30_000);
  const firing = alarms.all().filter((alarm) => alarm.state === 'ALARM');
  expect(firing.map((alarm) => alarm.definition.properties.AlarmName).toSorted()).toEqual(
    // The latter two since nothing else is measured here; a composite waits with them.
    ['databaseConnections', 'apiUnmeasured', 'databaseUnmeasured']
      .map((id) => alarmName('local', 'system-01', id))
      .toSorted(),
  );
  // A resource tells by itself.
  expect(told).toEqual([expect.stringContaining('"local-system-01-databaseConnections"')]);
});
