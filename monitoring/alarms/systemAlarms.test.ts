import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { alarmName, fleetNames, monitoredSystem } from '../../infra/names.ts';
import { signalsOf, type Signal, type SignalId } from '../signals.ts';
import { addSystemAlarms } from './systemAlarms.ts';

const onCallTopicArn = 'arn:aws:sns:us-east-1:111122223333:prod-fleet-on-call';
const system = monitoredSystem('prod', 'orders', { connectionLimit: 500, apiReservedConcurrency: 10 });
const signals = signalsOf(system, 60);
const fleet = fleetNames('prod');
const dashboardNames = { application: fleet.applicationDashboard, database: fleet.databaseDashboard };

const synthesize = (periodSeconds: number) => {
  const stack = new Stack(new App(), 'orders', { env: { account: '111122223333', region: 'us-east-1' } });
  addSystemAlarms(stack, {
    stage: 'prod',
    system,
    periodSeconds,
    onCallTopicArn,
    dashboardNames,
    alarmNameOf: (id) => alarmName('prod', 'orders', id),
  });
  return Template.fromStack(stack);
};

describe('addSystemAlarms', () => {
  let byName: Map<string, Record<string, unknown>>;

  beforeAll(() => {
    const alarms = Object.values(synthesize(60).findResources('AWS::CloudWatch::Alarm'));
    byName = new Map(alarms.map(({ Properties }) => [Properties.AlarmName, Properties]));
  });

  it('makes one alarm for each signal and nothing else', () => {
    expect([...byName.keys()].sort()).toEqual(
      Object.keys(signals)
        .map((id) => alarmName('prod', 'orders', id))
        .sort(),
    );
    const { Resources } = synthesize(60).toJSON() as { Resources: Record<string, { Type: string }> };
    expect(new Set(Object.values(Resources).map(({ Type }) => Type))).toEqual(
      new Set(['AWS::CloudWatch::Alarm']),
    );
  });

  it.each(Object.entries(signals) as [SignalId, Signal][])('asks what the signal %s says', (id, signal) => {
    const alarm = byName.get(alarmName('prod', 'orders', id))!;
    expect(alarm).toMatchObject({
      Namespace: signal.namespace,
      MetricName: signal.metricName,
      Dimensions: Object.entries(signal.dimensions)
        .map(([Name, Value]) => ({ Name, Value }))
        .sort((a, b) => a.Name.localeCompare(b.Name)),
      Statistic: signal.statistic,
      Period: 60,
      EvaluationPeriods: signal.evaluationPeriods,
      DatapointsToAlarm: signal.datapointsToAlarm,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: signal.missingData,
      ActionsEnabled: true,
      AlarmActions: [onCallTopicArn],
      OKActions: [onCallTopicArn],
    });
    expect(alarm).not.toHaveProperty('Metrics');
  });

  it("puts the threshold in the metric's own unit", () => {
    const threshold = (id: SignalId) => byName.get(alarmName('prod', 'orders', id))!.Threshold;
    expect(threshold('databaseCpu')).toBe(80);
    expect(threshold('databaseConnections')).toBe(400);
    expect(threshold('functionConcurrency')).toBe(8);
    expect(threshold('errorRate')).toBe(0.01);
  });

  it.each(Object.keys(signals) as SignalId[])('sends who is woken by %s to a runbook that exists', (id) => {
    const description = byName.get(alarmName('prod', 'orders', id))!.AlarmDescription as string;
    const path = /Runbook: (\S+\.md)\./.exec(description)?.[1];
    expect(path).toBe(`monitoring/runbooks/${id}.md`);
    expect(existsSync(path!)).toBe(true);
    expect(description).toMatch(/Dashboard: prod-fleet-(application|database)\.$/);
    expect(description).toContain('orders: ');
  });

  it("follows the stage's period", () => {
    const alarms = Object.values(synthesize(10).findResources('AWS::CloudWatch::Alarm'));
    expect(alarms.map(({ Properties }) => Properties.Period)).toEqual(alarms.map(() => 10));
  });
});
