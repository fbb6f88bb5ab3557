import { z } from 'zod';
import { defineAction } from '../action.ts';
import { refusalAs } from '../errors.ts';
import { invalidParameterValue } from '../../../cloudwatch/errors.ts';
import { page } from '../page.ts';
import { timestampSchema } from '../../../cloudwatch/timestamp.ts';

export const describeAlarmHistory = defineAction({
  name: 'DescribeAlarmHistory',
  invalidInput: invalidParameterValue,
  input: z.strictObject({
    AlarmName: z.string().optional(),
    AlarmTypes: z.array(z.enum(['MetricAlarm', 'CompositeAlarm'])).default(['MetricAlarm']),
    HistoryItemType: z.enum(['ConfigurationUpdate', 'StateUpdate', 'Action']).optional(),
    StartDate: timestampSchema.optional(),
    EndDate: timestampSchema.optional(),
    MaxRecords: z.number().int().min(1).max(100).default(100),
    ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).default('TimestampDescending'),
    NextToken: z.string().optional(),
  }),
  handle: (input, { state }) => {
    const { AlarmName, HistoryItemType, StartDate = -Infinity, EndDate = Infinity } = input;
    const found = state.alarms
      .history()
      .filter((item) => input.AlarmTypes.includes(item.alarmType))
      .filter((item) => AlarmName === undefined || item.alarmName === AlarmName)
      .filter((item) => HistoryItemType === undefined || item.type === HistoryItemType)
      .filter((item) => item.timestampMs >= StartDate && item.timestampMs <= EndDate);
    const ordered = input.ScanBy === 'TimestampAscending' ? found.toReversed() : found;
    const { items, nextToken } = page(
      ordered,
      input.MaxRecords,
      input.NextToken,
      refusalAs('InvalidNextToken'),
    );
    return {
      AlarmHistoryItems: items.map((item) => ({
        AlarmName: item.alarmName,
        AlarmType: item.alarmType,
        Timestamp: new Date(item.timestampMs),
        HistoryItemType: item.type,
        HistorySummary: item.summary,
        HistoryData: JSON.stringify(item.data),
      })),
      NextToken: nextToken,
    };
  },
});
