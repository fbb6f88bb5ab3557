import { DescribeAlarmsCommand, type CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { alarmName } from '../../infra/names.ts';
import { signalIds } from '../../monitoring/signals.ts';
import { callLimit } from '../callLimit.ts';
import type { AlarmState } from '../evidence.ts';
import type { Observer, ObserverContext } from './observer.ts';

/** Names that one DescribeAlarms takes. */
const namesPerCall = 100;

/** The alarm that tells on-call that users get errors. */
export const errorAlarmName = (stage: string, system: string): string =>
  alarmName(stage, system, 'errorRate');

/** States of the systems' alarms by alarm name; an alarm that doesn't exist is absent. */
export async function alarmStates(
  cloudWatch: CloudWatchClient,
  stage: string,
  systems: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, AlarmState>> {
  const names = systems.flatMap((system) => signalIds.map((id) => alarmName(stage, system, id)));
  const states = new Map<string, AlarmState>();
  for (let start = 0; start < names.length; start += namesPerCall) {
    const { MetricAlarms } = await cloudWatch.send(
      new DescribeAlarmsCommand({
        AlarmNames: names.slice(start, start + namesPerCall),
        MaxRecords: namesPerCall,
      }),
      { abortSignal: callLimit(signal) },
    );
    for (const { AlarmName, StateValue } of MetricAlarms ?? []) {
      if (AlarmName !== undefined && StateValue !== undefined) states.set(AlarmName, StateValue);
    }
  }
  return states;
}

export const observeAlarms =
  ({ stage, evidence, clients, clock }: ObserverContext): Observer =>
  async (signal) => {
    const systems = evidence.map(({ document }) => document.system);
    const states = await alarmStates(clients.cloudWatch, stage, systems, signal);
    const atMs = clock.now();
    for (const { document, errorAlarm, firingAlarms } of evidence) {
      const state = states.get(errorAlarmName(stage, document.system));
      if (state !== undefined) errorAlarm.push({ atMs, value: state });
      const firing = signalIds
        .map((id) => alarmName(stage, document.system, id))
        .filter((name) => states.get(name) === 'ALARM');
      firingAlarms.push({ atMs, value: firing });
    }
  };
