import { paginateDescribeAlarms, type CloudWatchClient } from '@aws-sdk/client-cloudwatch';

export interface AlarmStatus {
  name: string;
  /** `OK`, `ALARM` or `INSUFFICIENT_DATA`. */
  state: string;
}

/** Every alarm of a stage on this machine, which has no others. */
export async function alarmStates(client: CloudWatchClient): Promise<AlarmStatus[]> {
  const alarms: AlarmStatus[] = [];
  const pages = paginateDescribeAlarms({ client }, { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] });
  for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages) {
    for (const { AlarmName: name = '', StateValue: state = '' } of [...MetricAlarms, ...CompositeAlarms]) {
      alarms.push({ name, state });
    }
  }
  return alarms;
}
