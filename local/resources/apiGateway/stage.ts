import { z } from 'zod';
import { TokenBucket } from '../../api/tokenBucket.ts';
import { cfnNumber, defineResource, inert } from '../define.ts';

const logging = inert('API Gateway writes no log here; the functions do');

export const apiStage = defineResource(
  'AWS::ApiGateway::Stage',
  {
    RestApiId: z.string(),
    StageName: z.string(),
    DeploymentId: z.string(),
    Variables: z.record(z.string(), z.string()).default({}),
    MethodSettings: z
      .array(
        z.strictObject({
          HttpMethod: z.literal('*', {
            error: 'expected "*": settings of a single method are not kept here',
          }),
          ResourcePath: z.literal('/*', {
            error: 'expected "/*": settings of a single path are not kept here',
          }),
          ThrottlingRateLimit: cfnNumber.positive().optional(),
          ThrottlingBurstLimit: cfnNumber.int().positive().optional(),
          CachingEnabled: z.literal(false).optional(),
          DataTraceEnabled: logging,
          LoggingLevel: logging,
          MetricsEnabled: inert(
            "metrics of an API and of its stage are always there; a method's are not drawn",
          ),
        }),
      )
      .max(1)
      .default([]),
    AccessLogSetting: logging,
    TracingEnabled: inert('nothing is traced on this machine'),
    Description: inert('a note'),
  },
  (properties, { api }) => {
    const [settings] = properties.MethodSettings;
    const rate = settings?.ThrottlingRateLimit;
    api.api(properties.RestApiId).stages.set(properties.StageName, {
      name: properties.StageName,
      variables: properties.Variables,
      methodThrottles: new Map(),
      throttle:
        rate === undefined ? undefined : new TokenBucket(rate, settings?.ThrottlingBurstLimit ?? rate),
    });
    return { ref: properties.StageName };
  },
);
