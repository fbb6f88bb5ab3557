import { z } from 'zod';
import { defineAction } from '../action.ts';
import { AwsError } from '../errors.ts';
import { groupName, scheduleName } from './shapes.ts';
import { targetArns } from './targets.ts';

const atPattern = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/;

export const createSchedule = defineAction({
  name: 'CreateSchedule',
  input: z.strictObject({
    Name: scheduleName,
    GroupName: groupName,
    ScheduleExpression: z.string().regex(atPattern, {
      error: 'expected at(yyyy-mm-ddThh:mm:ss): this stage runs one-time schedules only',
    }),
    ScheduleExpressionTimezone: z.literal('UTC').default('UTC'),
    FlexibleTimeWindow: z.strictObject({ Mode: z.literal('OFF') }),
    ActionAfterCompletion: z.enum(['NONE', 'DELETE']).default('NONE'),
    Description: z.string().max(512).optional(),
    State: z.literal('ENABLED').default('ENABLED'),
    ClientToken: z.string().optional(),
    Target: z.strictObject({
      Arn: z.enum(targetArns),
      RoleArn: z.string().regex(/^arn:aws:iam::\d{12}:role\/.+/, { error: "expected a role's ARN" }),
      Input: z.string().refine(isJson, { error: 'expected JSON' }),
      // A call that fails here would fail again: nothing is in between.
      RetryPolicy: z
        .strictObject({
          MaximumEventAgeInSeconds: z.number().int().min(60).max(86_400).optional(),
          MaximumRetryAttempts: z.number().int().min(0).max(185).optional(),
        })
        .optional(),
    }),
  }),
  handle: (input, { state, clock, region, accountId }) => {
    const fireAtMs = Date.parse(`${atPattern.exec(input.ScheduleExpression)?.[1] ?? ''}Z`);
    if (Number.isNaN(fireAtMs)) {
      throw new AwsError('ValidationException', 'ScheduleExpression: expected a time that exists');
    }
    const { arn } = state.oneTimeSchedules.create({
      name: input.Name,
      arn: `arn:aws:scheduler:${region}:${accountId}:schedule/${input.GroupName}/${input.Name}`,
      groupName: input.GroupName,
      expression: input.ScheduleExpression,
      fireAtMs,
      description: input.Description,
      target: { arn: input.Target.Arn, roleArn: input.Target.RoleArn, input: input.Target.Input },
      afterCompletion: input.ActionAfterCompletion,
      createdMs: clock.now(),
      clientToken: input.ClientToken,
    });
    return { ScheduleArn: arn };
  },
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
