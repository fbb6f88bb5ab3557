import { z } from 'zod';
import { defineAction, type WireDocument } from '../action.ts';
import { AwsError, invalidParameterValue } from '../errors.ts';
import { page } from '../page.ts';
import type { Alarm } from './alarms.ts';

export const describeAlarms = defineAction({
  name: 'DescribeAlarms',
  invalidInput: invalidParameterValue,
  input: z
    .strictObject({
      AlarmNames: z.array(z.string()).max(100).optional(),
      AlarmNamePrefix: z.string().optional(),
      AlarmTypes: z.array(z.enum(['MetricAlarm', 'CompositeAlarm'])).default(['MetricAlarm']),
      StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']).optional(),
      ActionPrefix: z.string().optional(),
      MaxRecords: z.number().int().min(1).max(100).default(50),
      NextToken: z.string().optional(),
    })
    .refine((input) => input.AlarmNames === undefined || input.AlarmNamePrefix === undefined, {
      error: 'AlarmNames and AlarmNamePrefix cannot be given together',
    }),
  handle: (input, { state }) => {
    // The stage has metric alarms only: asked for composite ones alone, it has none.
    const alarms = input.AlarmTypes.includes('MetricAlarm') ? state.alarms.all() : [];
    const found = alarms
      .filter((alarm) => matches(alarm, input))
      .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    const { items, nextToken } = page(found, input.MaxRecords, input.NextToken, (message) => {
      throw new AwsError('InvalidNextToken', message);
    });
    return { MetricAlarms: items.map(alarmShape), CompositeAlarms: [], NextToken: nextToken };
  },
});

const nameOf = (alarm: Alarm): string => alarm.definition.properties.AlarmName;

function matches(
  alarm: Alarm,
  filter: {
    AlarmNames?: string[] | undefined;
    AlarmNamePrefix?: string | undefined;
    StateValue?: string | undefined;
    ActionPrefix?: string | undefined;
  },
): boolean {
  const { AlarmActions, OKActions, InsufficientDataActions } = alarm.definition.properties;
  const actions = [...AlarmActions, ...OKActions, ...InsufficientDataActions];
  return (
    (filter.AlarmNames?.includes(nameOf(alarm)) ?? true) &&
    nameOf(alarm).startsWith(filter.AlarmNamePrefix ?? '') &&
    (filter.StateValue === undefined || alarm.state === filter.StateValue) &&
    (filter.ActionPrefix === undefined ||
      actions.some((action) => action.startsWith(filter.ActionPrefix ?? '')))
  );
}

function alarmShape(alarm: Alarm): WireDocument {
  const { Tags: _tags, ...properties } = alarm.definition.properties;
  return {
    ...properties,
    DatapointsToAlarm: alarm.definition.rule.datapointsToAlarm,
    AlarmArn: alarm.arn,
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredMs),
    StateValue: alarm.state,
    StateReason: alarm.stateReason,
    StateUpdatedTimestamp: new Date(alarm.stateChangedMs),
    StateTransitionedTimestamp: new Date(alarm.stateChangedMs),
  };
}
