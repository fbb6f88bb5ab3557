import { z } from 'zod';
import type { ApiStage, RestApi } from '../../api/definition.ts';
import type { TokenBucket } from '../../api/tokenBucket.ts';
import type { WireDocument } from '../wire.ts';
import { AwsError } from '../errors.ts';

/** How both actions name a stage, in their path. */
export const stageInput = { restApiId: z.string(), stageName: z.string() };

export const badRequest = (message: string): AwsError => new AwsError('BadRequestException', message);

/** @throws AwsError NotFoundException */
export function stageOf(
  apis: ReadonlyMap<string, RestApi>,
  { restApiId, stageName }: { restApiId: string; stageName: string },
): ApiStage {
  const stage = apis.get(restApiId)?.stages.get(stageName);
  if (stage) return stage;
  throw new AwsError('NotFoundException', 'Invalid Stage identifier specified', { statusCode: 404 });
}

/** A stage as API Gateway tells it, of what is kept here. */
export function describeStage(stage: ApiStage): WireDocument {
  const settings = [...(stage.throttle ? [['*/*', stage.throttle] as const] : []), ...stage.methodThrottles];
  return {
    stageName: stage.name,
    variables: stage.variables,
    methodSettings: Object.fromEntries(settings.map(([key, throttle]) => [key, settingsOf(throttle)])),
  };
}

const settingsOf = ({ ratePerSecond, burst }: TokenBucket): WireDocument => ({
  throttlingRateLimit: ratePerSecond,
  throttlingBurstLimit: burst,
});
