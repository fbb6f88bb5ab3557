import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { parseAlarmDefinition } from '../../cloudwatch/alarmDefinition.ts';
import { evaluate, evaluationRange, type AlarmState } from '../../cloudwatch/alarmEvaluator.ts';
import { evaluateQueries } from '../../cloudwatch/metricDataQuery.ts';
import type { MetricStore } from '../../cloudwatch/metricStore.ts';
import { adoptedDocument } from '../../fleet/adoption/adoptedDocument.ts';
import { adoptionOn, adoptionSchema } from '../../fleet/adoption/adoptionSchema.ts';
import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import { alarmName, dashboardNamesOf, publishedSystem } from '../../fleet/names.ts';
import { addSystemAlarms } from '../alarms/systemAlarms.ts';
import { bareApp } from './bareApp.ts';
import { resourcesOf } from './virtualAlarms.ts';

const stage = 'prod';

/** System `legacy` as it is adopted, checked as a configuration is. */
export function adoptedSystem(adopt: unknown): MonitoredSystem {
  const adoption = adoptionOn(adoptionSchema.parse(adopt), stage)!;
  const document = adoptedDocument({
    stage,
    system: 'legacy',
    region: 'us-east-1',
    adoption,
    expectedPeak: { requestsPerSecond: 30, messagesPerSecond: 0 },
  });
  return publishedSystem(document, { apiReservedConcurrency: 10, subscriberMaximumConcurrency: 2 });
}

/** Its alarms, as its template has them, by their ids: `databaseDisk`, `databaseDisk-critical`, `page`. */
export function alarmsOf(system: MonitoredSystem): ReadonlyMap<string, Record<string, unknown>> {
  const stack = new Stack(bareApp(), 'legacy', { env: { account: '111122223333', region: 'us-east-1' } });
  addSystemAlarms(stack, {
    stage,
    system,
    periodSeconds: 60,
    dashboardNames: dashboardNamesOf(stage),
    onCallTopicArn: 'arn:aws:sns:us-east-1:111122223333:on-call',
    alarmNameOf: (id) => alarmName(stage, system.system, id),
    fleetAlarmArnOf: () => undefined,
  });
  const template = Template.fromStack(stack).toJSON() as Record<string, unknown>;
  return new Map(
    ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm']
      .flatMap((type) => resourcesOf([template], type))
      .map((properties) => [String(properties['AlarmName']).replace('prod-legacy-', ''), properties]),
  );
}

/** The state of an alarm, as CloudWatch finds it from what was published until then. */
export function stateOf(
  alarm: Record<string, unknown> | undefined,
  metrics: MetricStore,
  nowMs: number,
): AlarmState {
  const { rule, queries } = parseAlarmDefinition(alarm);
  const datapoints = evaluateQueries(queries, metrics, evaluationRange(rule, nowMs))[0]?.datapoints ?? [];
  return evaluate(rule, datapoints, nowMs, 'OK').state;
}
