import {
  BadRequestException,
  GetStageCommand,
  NotFoundException,
  UpdateStageCommand,
  type APIGatewayClient,
  type MethodSetting,
} from '@aws-sdk/client-api-gateway';
import { z } from 'zod';
import { busiestMethod } from '../../fleet/service.ts';
import { limits } from '../../monitoring/limits.ts';
import { callLimit } from '../../monitoring/callLimit.ts';
import { DrillRefusedError, FaultNotAppliedError, NotRestoredError } from '../errors.ts';
import { notAsked } from '../permissions.ts';
import type { Fault } from './fault.ts';

const methodSchema = z.strictObject({
  restApiId: z.string(),
  stageName: z.string(),
  /** Key of its settings in the API's stage. */
  method: z.string(),
});

const throttleSchema = z.strictObject({
  ...methodSchema.shape,
  ratePerSecond: z.number().positive(),
  burst: z.number().int().positive(),
});

type Method = z.infer<typeof methodSchema>;

/**
 * Gives the method that the load asks most a throttle of its own, below what the drill sends it. Not the healthcheck:
 * the canary's calls go on, and a throttle is no outage. The template sets one for the whole stage alone: the inverse
 * removes the method's, whatever the stage's is.
 */
export const throttleStage: Fault = {
  name: 'throttle-stage',
  cutsTraffic: true,
  needs: ['api.id', 'api.stage'],

  plan({ system, api, expectedPeak, errors }, { service }) {
    if (errors && 'metric' in errors && errors.metric === '4XXError') {
      throw new DrillRefusedError(
        'fault',
        `${system}: adopt.errors counts every answer with a 4xx status as failed, and so each 429 of ${throttleStage.name}: ` +
          'on-call would be paged, of which nothing could be learnt',
      );
    }
    const { loadShare, throttledToShare } = limits.drill;
    const { key: method, shareOfLoad } = busiestMethod(service.definition);
    const ratePerSecond = expectedPeak.requestsPerSecond * loadShare * shareOfLoad * throttledToShare;
    const inverse: Method = { restApiId: api.id, stageName: api.stage, method };
    const throttle: z.infer<typeof throttleSchema> = {
      ...inverse,
      ratePerSecond,
      burst: Math.max(1, Math.ceil(ratePerSecond)),
    };
    return { arguments: throttle, inverse };
  },

  async obstacle(planned, { apiGateway }) {
    const throttle = throttleSchema.parse(planned);
    const settings = await settingsOf(apiGateway, throttle).catch((error: unknown) => {
      if (error instanceof NotFoundException) return null;
      throw error;
    });
    if (settings === null) {
      return `there is no stage ${throttle.stageName} of API ${throttle.restApiId}: deploy the system again, or correct its adopt.apiId and adopt.apiStage`;
    }
    return settings
      ? `${inWords(throttle)} has settings of its own: if an earlier drill made them, run ` +
          '"headroom chaos restore"; otherwise deploy the system again'
      : null;
  },

  permissions: () => Promise.resolve(notAsked('apigateway:PATCH')),

  async inject(planned, { clients: { apiGateway } }) {
    const throttle = throttleSchema.parse(planned);
    if (await settingsOf(apiGateway, throttle)) {
      throw new FaultNotAppliedError(`${inWords(throttle)} has settings of its own that are not the drill's`);
    }
    const { restApiId, stageName, ratePerSecond, burst } = throttle;
    const path = `/${throttle.method}/throttling`;
    await apiGateway.send(
      new UpdateStageCommand({
        restApiId,
        stageName,
        // Both: of what is not said, AWS keeps a -1.
        patchOperations: [
          { op: 'replace', path: `${path}/rateLimit`, value: String(ratePerSecond) },
          { op: 'replace', path: `${path}/burstLimit`, value: String(burst) },
        ],
      }),
      { abortSignal: callLimit() },
    );
  },

  async lapse(planned, { apiGateway }) {
    const throttle = throttleSchema.parse(planned);
    const now = (await settingsOf(apiGateway, throttle))?.throttlingRateLimit;
    return now === throttle.ratePerSecond
      ? null
      : `${inWords(throttle)} has ${now === undefined ? 'no throttle' : `a throttle of ${now} a second`} and not ` +
          `the drill's of ${throttle.ratePerSecond}`;
  },

  async restore(inverse, { clients: { apiGateway } }) {
    const settings = methodSchema.parse(inverse);
    if ((await settingsOf(apiGateway, settings)) === undefined) return null;
    const { restApiId, stageName } = settings;
    const remove = new UpdateStageCommand({
      restApiId,
      stageName,
      patchOperations: [{ op: 'remove', path: `/${settings.method}` }],
    });
    try {
      await apiGateway.send(remove, { abortSignal: callLimit() });
    } catch (error) {
      // Somebody else may have removed them in between: what is there now tells.
      if (!(error instanceof BadRequestException)) throw error;
    }
    if ((await settingsOf(apiGateway, settings)) === undefined) return null;
    throw new NotRestoredError(`${inWords(settings)} still has settings of its own`);
  },

  restoreCall(inverse) {
    const { restApiId, stageName, method: key } = methodSchema.parse(inverse);
    return {
      target: 'arn:aws:scheduler:::aws-sdk:apigateway:updateStage',
      // As all universal targets: in capitals, also where the API itself is not.
      input: {
        RestApiId: restApiId,
        StageName: stageName,
        PatchOperations: [{ Op: 'remove', Path: `/${key}` }],
      },
    };
  },
};

async function settingsOf(
  apiGateway: APIGatewayClient,
  { restApiId, stageName, method: key }: Method,
): Promise<MethodSetting | undefined> {
  const { methodSettings = {} } = await apiGateway.send(new GetStageCommand({ restApiId, stageName }), {
    abortSignal: callLimit(),
  });
  return methodSettings[key];
}

const inWords = ({ restApiId, stageName, method: key }: Method): string =>
  `method ${key} of stage ${stageName} of API ${restApiId}`;
