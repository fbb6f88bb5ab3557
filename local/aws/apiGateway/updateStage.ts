import { z } from 'zod';
import type { ApiStage, RestApi } from '../../api/definition.ts';
import { hasMethodOf } from '../../api/settingsKey.ts';
import { TokenBucket } from '../../api/tokenBucket.ts';
import { defineAction } from '../action.ts';
import { apiOf, badRequest, describeStage, everyMethod, stageInput, stageOf, throttlesOf } from './shapes.ts';

const key = /^\/([^/]+\/[A-Z]+|\*\/\*)/.source;
const throttlePath = new RegExp(`${key}/throttling/(rateLimit|burstLimit)$`);
const settingsPath = new RegExp(`${key}$`);
const keyInWords = "{resource}/{METHOD} (slashes of the resource's path written ~1) or */*";

/** What may be patched here: the throttle of a stage, and that of one method, which stands in for it. */
const operationSchema = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('replace'),
    path: z.string().regex(throttlePath, {
      error: `expected /KEY/throttling/rateLimit or burstLimit with a KEY of ${keyInWords}: nothing else is patched here`,
    }),
    value: z.coerce.number({ error: 'expected a number' }).nonnegative(),
  }),
  z.strictObject({
    op: z.literal('remove'),
    path: z.string().regex(settingsPath, {
      error: `expected ${keyInWords}: settings are removed as a whole`,
    }),
  }),
]);

const updateStageInput = z.strictObject({
  ...stageInput,
  patchOperations: z.array(operationSchema).min(1),
});

/**
 * @throws AwsError `BadRequestException` for a method that the API lacks, and for settings that are not there to be
 * removed; nothing is changed then.
 */
export function patchStage(
  apis: ReadonlyMap<string, RestApi>,
  { patchOperations, ...named }: z.output<typeof updateStageInput>,
): ApiStage {
  const stage = stageOf(apis, named);
  const throttles = throttlesOf(stage);
  for (const operation of patchOperations) {
    if (operation.op === 'remove') {
      if (throttles.delete(operation.path.slice(1))) continue;
      throw badRequest(`Invalid method setting path: ${operation.path}: this stage has none there`);
    }
    const [, method = '', field] = throttlePath.exec(operation.path) ?? [];
    if (method !== everyMethod && !hasMethodOf(apiOf(apis, named), method)) {
      throw badRequest(`Invalid method setting path: ${operation.path}: this API has no method ${method}`);
    }
    const { ratePerSecond = Infinity, burst = Infinity } = throttles.get(method) ?? {};
    throttles.set(
      method,
      field === 'rateLimit'
        ? new TokenBucket(operation.value, burst)
        : new TokenBucket(ratePerSecond, operation.value),
    );
  }
  stage.throttle = throttles.get(everyMethod);
  throttles.delete(everyMethod);
  stage.methodThrottles = throttles;
  return stage;
}

export const updateStage = defineAction({
  name: 'UpdateStage',
  input: updateStageInput,
  invalidInput: badRequest,
  handle: (input, { state }) => describeStage(patchStage(state.restApis, input)),
});
