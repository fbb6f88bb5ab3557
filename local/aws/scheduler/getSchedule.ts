import { z } from 'zod';
import { defineAction } from '../action.ts';
import { groupName, scheduleName, scheduleShape } from './shapes.ts';

export const getSchedule = defineAction({
  name: 'GetSchedule',
  input: z.strictObject({ Name: scheduleName, GroupName: groupName }),
  handle: ({ Name }, { state }) => scheduleShape(state.oneTimeSchedules.get(Name)),
});
