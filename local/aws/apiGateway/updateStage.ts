import { z } from 'zod';
import type { ApiStage, RestApi } from '../../api/definition.ts';
import { TokenBucket } from '../../api/tokenBucket.ts';
import { defineAction } from '../action.ts';
import { badRequest, describeStage, stageInput, stageOf } from './shapes.ts';

const key = /^\/([^/]+\/[A-Z]+)/.source;
const throttlePath = new RegExp(`${key}/throttling/(rateLimit|burstLimit)$`);
const methodPath = new RegExp(`${key}$`);

/** What may be patched here: the throttle of one method, which stands in for its stage's. */
const operationSchema = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('replace'),
    path: z.string().regex(throttlePath, {
      error: 'expected /{resource}/{METHOD}/throttling/rateLimit or burstLimit: nothing else is patched here',
    }),
    value: z.coerce.number({ error: 'expected a number' }).nonnegative(),
  }),
  z.strictObject({
    op: z.literal('remove'),
    path: z.string().regex(methodPath, {
      error: "expected /{resource}/{METHOD}: a method's settings are removed as a whole",
    }),
  }),
]);

const updateStageInput = z.strictObject({
  ...stageInput,
  patchOperations: z.array(operationSchema).min(1),
});

/** @throws AwsError `BadRequestException` for settings that are not there to be removed; nothing is changed then. */
export function patchStage(
  apis: ReadonlyMap<string, RestApi>,
  { patchOperations, ...named }: z.output<typeof updateStageInput>,
): ApiStage {
  const stage = stageOf(apis, named);
  const throttles = new Map(stage.methodThrottles);
  for (const operation of patchOperations) {
    if (operation.op === 'remove') {
      if (throttles.delete(operation.path.slice(1))) continue;
      throw badRequest(`Invalid method setting path: ${operation.path}: this stage has none there`);
    }
    const [, method = '', field] = throttlePath.exec(operation.path) ?? [];
    const { ratePerSecond = Infinity, burst = Infinity } = throttles.get(method) ?? {};
    throttles.set(
      method,
      field === 'rateLimit'
        ? new TokenBucket(operation.value, burst)
        : new TokenBucket(ratePerSecond, operation.value),
    );
  }
  stage.methodThrottles = throttles;
  return stage;
}

export const updateStage = defineAction({
  name: 'UpdateStage',
  input: updateStageInput,
  invalidInput: badRequest,
  handle: (input, { state }) => describeStage(patchStage(state.restApis, input)),
});
