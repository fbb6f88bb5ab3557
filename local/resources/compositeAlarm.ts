import { z } from 'zod';
import type { ResourceType } from './define.ts';
import { generatedName } from './define.ts';

const namedSchema = z.looseObject({ AlarmName: z.string().optional() });

/** The registry of alarms checks the properties itself, and their references once the boot is over. */
export const compositeAlarm: ResourceType = {
  type: 'AWS::CloudWatch::CompositeAlarm',
  create: (properties, { alarms, clock }, scope) => {
    const named = namedSchema.parse(properties);
    const AlarmName = named.AlarmName ?? generatedName(scope);
    const { arn } = alarms.composites.add({ ...named, AlarmName }, clock.now());
    return { ref: AlarmName, attributes: { Arn: arn } };
  },
};
