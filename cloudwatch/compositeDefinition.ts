import { z } from 'zod';
import { invalidParameterValue } from './errors.ts';
import { tagsSchema } from './alarmDefinition.ts';
import type { Suppression } from './compositeActions.ts';
import { childrenOf, parseCompositeRule, type CompositeRule } from './compositeRule.ts';

const actionsSchema = z.array(z.string()).default([]);
const secondsSchema = z.coerce.number().int().min(0);

/** Properties of AWS::CloudWatch::CompositeAlarm, intrinsics resolved. */
const propertiesSchema = z
  .strictObject({
    AlarmName: z.string().min(1),
    AlarmDescription: z.string().optional(),
    AlarmRule: z.string().min(1).max(10_240),
    ActionsEnabled: z.boolean().default(true),
    AlarmActions: actionsSchema,
    OKActions: actionsSchema,
    InsufficientDataActions: actionsSchema,
    ActionsSuppressor: z.string().optional(),
    ActionsSuppressorWaitPeriod: secondsSchema.optional(),
    ActionsSuppressorExtensionPeriod: secondsSchema.optional(),
    Tags: tagsSchema,
  })
  .refine(
    (alarm) =>
      [
        alarm.ActionsSuppressor,
        alarm.ActionsSuppressorWaitPeriod,
        alarm.ActionsSuppressorExtensionPeriod,
      ].filter((value) => value === undefined).length %
        3 ===
      0,
    { path: ['ActionsSuppressor'], error: 'expected with both of its periods, or none of the three' },
  );

export interface CompositeDefinition {
  properties: z.output<typeof propertiesSchema>;
  rule: CompositeRule;
  /** Names of the alarms in the rule. */
  children: readonly string[];
  suppressor: (Suppression & { alarm: string }) | null;
}

/**
 * Reads the properties of an AWS::CloudWatch::CompositeAlarm resource.
 * @throws AwsError naming the property that is wrong or not supported.
 */
export function parseCompositeDefinition(properties: unknown): CompositeDefinition {
  const parsed = propertiesSchema.safeParse(properties);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw invalidParameterValue(`AWS::CloudWatch::CompositeAlarm: ${issues.join('; ')}`);
  }
  const { ActionsSuppressor, ActionsSuppressorWaitPeriod, ActionsSuppressorExtensionPeriod } = parsed.data;
  const rule = parseCompositeRule(parsed.data.AlarmRule);
  return {
    properties: parsed.data,
    rule,
    children: childrenOf(rule),
    suppressor:
      ActionsSuppressor === undefined
        ? null
        : {
            alarm: ActionsSuppressor.split(':alarm:').at(-1) ?? '',
            waitSeconds: ActionsSuppressorWaitPeriod ?? 0,
            extensionSeconds: ActionsSuppressorExtensionPeriod ?? 0,
          },
  };
}
