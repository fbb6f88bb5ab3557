import { z } from 'zod';
import { defineResource, inert, physicalId } from '../define.ts';

/** Which stages its keys open; what a plan limits is refused by name. */
export const usagePlan = defineResource(
  'AWS::ApiGateway::UsagePlan',
  {
    UsagePlanName: inert('a note'),
    Description: inert('a note'),
    ApiStages: z
      .array(
        z.strictObject({ ApiId: z.string(), Stage: z.string(), Throttle: z.strictObject({}).optional() }),
      )
      .default([]),
  },
  ({ ApiStages }, { api }, scope) => {
    const id = physicalId(scope, 6);
    const stages = ApiStages.map(({ ApiId, Stage }) => {
      const stage = api.api(ApiId).stages.get(Stage);
      if (!stage) throw new Error(`ApiStages: no stage "${Stage}" of the API ${ApiId}`);
      return stage;
    });
    api.usagePlans.set(id, stages);
    return { ref: id, attributes: { Id: id } };
  },
);

export const usagePlanKey = defineResource(
  'AWS::ApiGateway::UsagePlanKey',
  { KeyId: z.string(), KeyType: z.literal('API_KEY'), UsagePlanId: z.string() },
  ({ KeyId, UsagePlanId }, { api }) => {
    const key = api.keys.get(KeyId);
    const stages = api.usagePlans.get(UsagePlanId);
    if (!key) throw new Error(`KeyId: no API key "${KeyId}"`);
    if (!stages) throw new Error(`UsagePlanId: no usage plan "${UsagePlanId}"`);
    if (key.isEnabled) for (const { apiKeys } of stages) apiKeys.set(key.value, KeyId);
    return { ref: `${KeyId}:${UsagePlanId}`, attributes: { Id: KeyId } };
  },
);
