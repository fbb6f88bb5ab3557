import { z } from 'zod';
import { inputTransformer } from '../schedules/inputTransformer.ts';
import { defineResource, functionName, generatedName, inert } from './define.ts';

export const scheduleRule = defineResource(
  'AWS::Events::Rule',
  {
    Name: z.string().optional(),
    ScheduleExpression: z.string(),
    State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
    Targets: z.array(
      z.strictObject({
        Id: z.string(),
        Arn: z.string().regex(/^arn:aws:lambda:/, { error: 'expected the ARN of a function' }),
        Input: z.string().optional(),
        InputTransformer: z
          .strictObject({
            InputTemplate: z.string(),
            InputPathsMap: z.record(z.string(), z.string()).default({}),
          })
          .optional(),
        RetryPolicy: inert('a run that fails is seen in its function; the next one is seconds away'),
      }),
    ),
    Description: inert('a note'),
  },
  (properties, { schedules, region, accountId }, scope) => {
    const name = properties.Name ?? generatedName(scope);
    const arn = `arn:aws:events:${region}:${accountId}:rule/${name}`;
    for (const { Arn, Input, InputTransformer } of properties.State === 'ENABLED' ? properties.Targets : []) {
      schedules.add({
        name,
        arn,
        expression: properties.ScheduleExpression,
        functionName: functionName(Arn),
        ...(Input !== undefined && { inputOf: () => JSON.parse(Input) as unknown }),
        ...(InputTransformer && {
          inputOf: inputTransformer(InputTransformer.InputTemplate, InputTransformer.InputPathsMap),
        }),
      });
    }
    return { ref: name, attributes: { Arn: arn } };
  },
);
