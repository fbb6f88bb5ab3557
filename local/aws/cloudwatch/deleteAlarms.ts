import { z } from 'zod';
import { invalidParameterValue } from '../../../cloudwatch/errors.ts';
import { defineAction } from '../action.ts';

export const deleteAlarms = defineAction({
  name: 'DeleteAlarms',
  invalidInput: invalidParameterValue,
  input: z.strictObject({ AlarmNames: z.array(z.string().min(1)).max(100) }),
  handle: ({ AlarmNames }, { state, clock }) => {
    state.alarms.remove(AlarmNames, clock.now());
    return {};
  },
});
