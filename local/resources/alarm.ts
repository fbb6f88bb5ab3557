import { z } from 'zod';
import { TemplateError } from '../errors.ts';
import type { ResourceType } from './define.ts';
import { generatedName } from './define.ts';

const namedSchema = z.looseObject({ AlarmName: z.string().optional() });

/** The registry of alarms checks the properties itself: an alarm made through the API is the same thing. */
export const alarm: ResourceType = {
  type: 'AWS::CloudWatch::Alarm',
  create: (properties, { alarms, clock }, scope) => {
    const named = namedSchema.parse(properties);
    const AlarmName = named.AlarmName ?? generatedName(scope);
    try {
      const { arn } = alarms.add({ ...named, AlarmName }, clock.now());
      return { ref: AlarmName, attributes: { Arn: arn } };
    } catch (error) {
      throw new TemplateError(scope.where, error instanceof Error ? error.message : String(error), {
        cause: error,
      });
    }
  },
};
