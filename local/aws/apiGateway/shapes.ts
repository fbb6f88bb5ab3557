import { z } from 'zod';
import type { ApiStage, RestApi } from '../../api/definition.ts';
import type { TokenBucket } from '../../api/tokenBucket.ts';
import type { WireDocument } from '../wire.ts';
import { AwsError } from '../errors.ts';

/** How both actions name a stage, in their path. */
export const stageInput = { restApiId: z.string(), stageName: z.string() };

export const badRequest = (message: string): AwsError => new AwsError('BadRequestException', message);

interface StageName {
  restApiId: string;
  stageName: string;
}

/** @throws AwsError NotFoundException */
export function apiOf(apis: ReadonlyMap<string, RestApi>, { restApiId }: StageName): RestApi {
  const api = apis.get(restApiId);
  if (api) return api;
  throw noSuchStage();
}

/** @throws AwsError NotFoundException */
export function apiNamed(apis: ReadonlyMap<string, RestApi>, id: string): RestApi {
  const api = apis.get(id);
  if (api) return api;
  throw new AwsError('NotFoundException', 'Invalid API identifier specified', { statusCode: 404 });
}

/** An API as API Gateway tells it, of what is kept here. */
export const describeApi = ({ id, name, rootResourceId, binaryMediaTypes }: RestApi): WireDocument => ({
  id,
  name,
  rootResourceId,
  ...(binaryMediaTypes.length > 0 && { binaryMediaTypes }),
});

/** @throws AwsError NotFoundException */
export function stageOf(apis: ReadonlyMap<string, RestApi>, named: StageName): ApiStage {
  const stage = apiOf(apis, named).stages.get(named.stageName);
  if (stage) return stage;
  throw noSuchStage();
}

const noSuchStage = (): AwsError =>
  new AwsError('NotFoundException', 'Invalid Stage identifier specified', { statusCode: 404 });

/** The key of the settings that all methods without settings of their own have. */
export const everyMethod = '*/*';

/** Every throttle of a stage by the key of its settings. */
export const throttlesOf = ({ throttle, methodThrottles }: ApiStage): Map<string, TokenBucket> =>
  new Map([...(throttle ? [[everyMethod, throttle] as const] : []), ...methodThrottles]);

/** A stage as API Gateway tells it, of what is kept here. */
export function describeStage(stage: ApiStage): WireDocument {
  const settings = [...throttlesOf(stage)].map(([key, throttle]) => [key, settingsOf(throttle)] as const);
  return {
    stageName: stage.name,
    variables: stage.variables,
    methodSettings: Object.fromEntries(settings),
  };
}

const settingsOf = ({ ratePerSecond, burst }: TokenBucket): WireDocument => ({
  throttlingRateLimit: ratePerSecond,
  throttlingBurstLimit: burst,
});
