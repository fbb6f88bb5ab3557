import { z } from 'zod';
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

export const updateStage = defineAction({
  name: 'UpdateStage',
  input: z.strictObject({ ...stageInput, patchOperations: z.array(operationSchema).min(1) }),
  invalidInput: badRequest,
  handle: ({ patchOperations, ...named }, { state }) => {
    const stage = stageOf(state.restApis, named);
    const throttles = new Map(stage.methodThrottles);
    for (const operation of patchOperations) {
      if (operation.op === 'remove') {
        if (!throttles.delete(operation.path.slice(1))) {
          throw badRequest(`Invalid method setting path: ${operation.path}: this stage has none there`);
        }
        continue;
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
    // All of them or none, as there.
    stage.methodThrottles = throttles;
    return describeStage(stage);
  },
});
