import { z } from 'zod';
import { defineAction } from '../action.ts';
import { AwsError } from '../errors.ts';

export const putParameter = defineAction({
  name: 'PutParameter',
  input: z.strictObject({
    Name: z.string().regex(/^[\w./-]{1,1011}$/, { error: 'expected letters, digits, ".", "-", "_" and "/"' }),
    Value: z.string().min(1),
    Type: z.enum(['String', 'StringList', 'SecureString']).optional(),
    Overwrite: z.boolean().default(false),
    Tier: z.enum(['Standard', 'Advanced']).default('Standard'),
    DataType: z.literal('text').optional(),
  }),
  handle: ({ Name, Value, Type, Overwrite, Tier }, { state, clock }) => {
    if (!Type && !state.parameters.has(Name)) {
      throw new AwsError('ValidationException', 'A parameter type is required when you create a parameter.');
    }
    const parameter = state.parameters.put(Name, Value, {
      nowMs: clock.now(),
      overwrite: Overwrite,
      advanced: Tier === 'Advanced',
      ...(Type && { type: Type }),
    });
    return { Version: parameter.version, Tier };
  },
});
