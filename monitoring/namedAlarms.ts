import {
  DescribeAlarmsCommand,
  type CloudWatchClient,
  type CompositeAlarm,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';

/** Names that one call of CloudWatch takes. */
const namesPerCall = 100;

/** Names in lots that one call of CloudWatch takes. */
export const inCalls = (names: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(names.length / namesPerCall) }, (_, index) =>
    names.slice(index * namesPerCall, (index + 1) * namesPerCall),
  );

/** An alarm of either kind; only composites are ever suppressed. */
export type NamedAlarm = MetricAlarm & Pick<CompositeAlarm, 'ActionsSuppressedBy'>;

/**
 * Alarms by their names, metric alarms and composites; one that doesn't exist is left out.
 * @param abortSignal asked before each call
 */
export async function describeAlarms(
  cloudWatch: CloudWatchClient,
  names: readonly string[],
  abortSignal: () => AbortSignal,
): Promise<NamedAlarm[]> {
  const alarms: NamedAlarm[] = [];
  for (const AlarmNames of inCalls(names)) {
    const { MetricAlarms = [], CompositeAlarms = [] } = await cloudWatch.send(
      new DescribeAlarmsCommand({
        AlarmNames,
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
        MaxRecords: namesPerCall,
      }),
      { abortSignal: abortSignal() },
    );
    alarms.push(...MetricAlarms, ...CompositeAlarms);
  }
  return alarms;
}
