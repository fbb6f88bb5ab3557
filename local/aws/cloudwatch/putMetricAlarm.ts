import { alarmPropertiesSchema } from '../../../cloudwatch/alarmDefinition.ts';
import { invalidParameterValue } from '../../../cloudwatch/errors.ts';
import { defineAction } from '../action.ts';

export const putMetricAlarm = defineAction({
  name: 'PutMetricAlarm',
  invalidInput: invalidParameterValue,
  input: alarmPropertiesSchema,
  handle: (properties, { state, clock }) => {
    if (state.alarms.composites.get(properties.AlarmName)) {
      throw invalidParameterValue(`AlarmName: "${properties.AlarmName}" is a composite alarm`);
    }
    state.alarms.add(properties, clock.now());
    return {};
  },
});
