import { z } from 'zod';
import type { WireDocument } from '../wire.ts';
import type { OneTimeSchedule } from './schedules.ts';

export const scheduleName = z.string().regex(/^[\w.-]{1,64}$/, {
  error: 'expected up to 64 letters, digits, hyphens, underscores and periods',
});

/** Other groups cannot be made on this stage. */
export const groupName = z
  .literal('default', { error: 'expected "default", the only schedule group of this stage' })
  .default('default');

export const scheduleShape = (schedule: OneTimeSchedule): WireDocument => ({
  Arn: schedule.arn,
  Name: schedule.name,
  GroupName: schedule.groupName,
  State: 'ENABLED',
  ScheduleExpression: schedule.expression,
  ScheduleExpressionTimezone: 'UTC',
  Description: schedule.description,
  FlexibleTimeWindow: { Mode: 'OFF' },
  ActionAfterCompletion: schedule.afterCompletion,
  CreationDate: new Date(schedule.createdMs),
  LastModificationDate: new Date(schedule.createdMs),
  Target: { Arn: schedule.target.arn, RoleArn: schedule.target.roleArn, Input: schedule.target.input },
});
