import { z } from 'zod';
import { TokenBucket } from '../../api/tokenBucket.ts';
import { everyMethod } from '../../aws/apiGateway/shapes.ts';
import { TemplateError } from '../../errors.ts';
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
          HttpMethod: z.string().regex(/^(?:\*|[A-Z]+)$/),
          ResourcePath: z.string().startsWith('/'),
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
      .default([]),
    AccessLogSetting: logging,
    TracingEnabled: inert('nothing is traced on this machine'),
    Description: inert('a note'),
  },
  (properties, { api }, scope) => {
    const throttles = new Map<string, TokenBucket>();
    for (const settings of properties.MethodSettings) {
      const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = settings;
      const key = settingsKey(settings, scope.where);
      if (rate !== undefined) throttles.set(key, new TokenBucket(rate, burst ?? rate));
    }
    const throttle = throttles.get(everyMethod);
    throttles.delete(everyMethod);
    api.api(properties.RestApiId).stages.set(properties.StageName, {
      name: properties.StageName,
      variables: properties.Variables,
      methodThrottles: throttles,
      throttle,
      apiKeys: new Map(),
    });
    return { ref: properties.StageName };
  },
);

/**
 * CloudFormation writes a path with a slash before it, the path's own as `~1`: `/~1orders~1{orderId}`; a slash alone
 * is the root.
 */
function settingsKey(settings: { ResourcePath: string; HttpMethod: string }, where: string): string {
  const { ResourcePath, HttpMethod } = settings;
  const isEveryPath = ResourcePath === '/*';
  if (isEveryPath !== (HttpMethod === '*')) {
    throw new TemplateError(
      where,
      `MethodSettings: expected "/*" with "*" or a path with a method, got "${ResourcePath}" with "${HttpMethod}"`,
    );
  }
  if (isEveryPath) return everyMethod;
  return `${ResourcePath === '/' ? '~1' : ResourcePath.slice(1)}/${HttpMethod}`;
}
