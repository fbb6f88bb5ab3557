import { z } from 'zod';
import { defineAction } from '../action.ts';
import type { WireDocument } from '../wire.ts';
import { refusalAs } from '../errors.ts';
import { invalidParameterValue } from '../../../cloudwatch/errors.ts';
import { page } from '../page.ts';
import type { ActionProperties } from './alarmActions.ts';
import type { CompositeAlarm } from './compositeAlarm.ts';
import type { Alarm } from './metricAlarm.ts';

const inputSchema = z
  .strictObject({
    AlarmNames: z.array(z.string()).max(100).optional(),
    AlarmNamePrefix: z.string().optional(),
    AlarmTypes: z.array(z.enum(['MetricAlarm', 'CompositeAlarm'])).default(['MetricAlarm']),
    StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']).optional(),
    ActionPrefix: z.string().optional(),
    ChildrenOfAlarmName: z.string().optional(),
    MaxRecords: z.number().int().min(1).max(100).default(50),
    NextToken: z.string().optional(),
  })
  .refine((input) => input.AlarmNames === undefined || input.AlarmNamePrefix === undefined, {
    error: 'AlarmNames and AlarmNamePrefix cannot be given together',
  });

export const describeAlarms = defineAction({
  name: 'DescribeAlarms',
  invalidInput: invalidParameterValue,
  input: inputSchema,
  handle: (input, { state }) => {
    const children =
      input.ChildrenOfAlarmName === undefined
        ? undefined
        : (state.alarms.composites.get(input.ChildrenOfAlarmName)?.definition.children ?? []);
    const alarms = [
      ...(input.AlarmTypes.includes('MetricAlarm') ? state.alarms.all() : []),
      ...(input.AlarmTypes.includes('CompositeAlarm') ? state.alarms.composites.all() : []),
    ];
    const found = alarms
      .filter((alarm) => matches(alarm, input) && (children?.includes(nameOf(alarm)) ?? true))
      .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    const { items, nextToken } = page(
      found,
      input.MaxRecords,
      input.NextToken,
      refusalAs('InvalidNextToken'),
    );
    return {
      MetricAlarms: items.flatMap((alarm) => (isComposite(alarm) ? [] : metricAlarmShape(alarm))),
      CompositeAlarms: items.flatMap((alarm) => (isComposite(alarm) ? compositeAlarmShape(alarm) : [])),
      NextToken: nextToken,
    };
  },
});

const nameOf = (alarm: Alarm | CompositeAlarm): string => alarm.definition.properties.AlarmName;

const isComposite = (alarm: Alarm | CompositeAlarm): alarm is CompositeAlarm => 'suppressedBy' in alarm;

function matches(alarm: Alarm | CompositeAlarm, filter: z.output<typeof inputSchema>): boolean {
  const { AlarmActions, OKActions, InsufficientDataActions }: ActionProperties = alarm.definition.properties;
  const actions = [...AlarmActions, ...OKActions, ...InsufficientDataActions];
  return (
    (filter.AlarmNames?.includes(nameOf(alarm)) ?? true) &&
    nameOf(alarm).startsWith(filter.AlarmNamePrefix ?? '') &&
    (filter.StateValue === undefined || alarm.state === filter.StateValue) &&
    (filter.ActionPrefix === undefined ||
      actions.some((action) => action.startsWith(filter.ActionPrefix ?? '')))
  );
}

function metricAlarmShape(alarm: Alarm): WireDocument {
  const { Tags: _tags, ...properties } = alarm.definition.properties;
  return {
    ...properties,
    DatapointsToAlarm: alarm.definition.rule.datapointsToAlarm,
    ...stateShape(alarm),
  };
}

function compositeAlarmShape(alarm: CompositeAlarm): WireDocument {
  const { Tags: _tags, ...properties } = alarm.definition.properties;
  return {
    ...properties,
    ActionsSuppressedBy: alarm.suppressedBy ?? undefined,
    ...stateShape(alarm),
  };
}

const stateShape = (alarm: Alarm | CompositeAlarm): WireDocument => ({
  AlarmArn: alarm.arn,
  AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredMs),
  StateValue: alarm.state,
  StateReason: alarm.stateReason,
  StateUpdatedTimestamp: new Date(alarm.stateChangedMs),
  StateTransitionedTimestamp: new Date(alarm.stateChangedMs),
});
