import { z } from 'zod';
import { defineAction } from '../action.ts';
import { invalidParameterValue } from '../../../cloudwatch/errors.ts';

export const setAlarmState = defineAction({
  name: 'SetAlarmState',
  invalidInput: invalidParameterValue,
  input: z.strictObject({
    AlarmName: z.string().min(1).max(255),
    StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
    StateReason: z.string().max(1_023),
  }),
  handle: async ({ AlarmName, StateValue, StateReason }, { state, clock }) => {
    await state.alarms.setState(AlarmName, StateValue, StateReason, clock.now());
    return {};
  },
});
