import { z } from 'zod';
import { defineAction } from '../action.ts';
import { refusalAs } from '../errors.ts';
import { page } from '../page.ts';
import { groupName, scheduleShape } from './shapes.ts';

export const listSchedules = defineAction({
  name: 'ListSchedules',
  input: z.strictObject({
    GroupName: groupName,
    NamePrefix: z.string().default(''),
    State: z.enum(['ENABLED', 'DISABLED']).optional(),
    MaxResults: z.coerce.number().int().min(1).max(100).default(100),
    NextToken: z.string().optional(),
  }),
  handle: ({ NamePrefix, State, MaxResults, NextToken }, { state }) => {
    const found = state.oneTimeSchedules
      .all()
      .filter(({ name }) => State !== 'DISABLED' && name.startsWith(NamePrefix));
    const { items, nextToken } = page(found, MaxResults, NextToken, refusalAs('ValidationException'));
    return {
      Schedules: items.map((schedule) => {
        const { Arn, Name, GroupName, CreationDate, LastModificationDate } = scheduleShape(schedule);
        const summary = { Arn, Name, GroupName, State: 'ENABLED', CreationDate, LastModificationDate };
        return { ...summary, Target: { Arn: schedule.target.arn } };
      }),
      NextToken: nextToken,
    };
  },
});
