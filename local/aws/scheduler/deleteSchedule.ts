import { z } from 'zod';
import { defineAction } from '../action.ts';
import { groupName, scheduleName } from './shapes.ts';

export const deleteSchedule = defineAction({
  name: 'DeleteSchedule',
  input: z.strictObject({ Name: scheduleName, GroupName: groupName, ClientToken: z.string().optional() }),
  handle: ({ Name }, { state }) => {
    state.oneTimeSchedules.delete(Name);
    return {};
  },
});
