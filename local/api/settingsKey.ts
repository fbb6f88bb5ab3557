import type { ApiStage, Method, RestApi } from './definition.ts';
import type { Route } from './route.ts';
import type { TokenBucket } from './tokenBucket.ts';

/**
 * The key of a method's settings as AWS documents it: the resource's path, each slash written `~1`, and the method:
 * `~1orders~1{orderId}/GET`. A resource just below the root is also known without the first: `orders/GET`.
 */
export const settingsKeyOf = (resourcePath: string, httpMethod: string): string =>
  `${resourcePath.replaceAll('/', '~1')}/${httpMethod}`;

const shortKeyOf = (key: string): string => key.replace(/^~1(?=[^/])/, '');

/** The throttle of a method: its own, or its stage's. */
export function throttleOf(stage: ApiStage, route: Route, method: Method): TokenBucket | undefined {
  if (stage.methodThrottles.size === 0) return stage.throttle;
  const key = settingsKeyOf(route.resourcePath, method.httpMethod);
  return stage.methodThrottles.get(key) ?? stage.methodThrottles.get(shortKeyOf(key)) ?? stage.throttle;
}

/** Whether one of the API's methods has settings of this key. */
export const hasMethodOf = (api: RestApi, key: string): boolean =>
  api.methods.some((method) => {
    const full = settingsKeyOf(resourcePathOf(api, method.resourceId), method.httpMethod);
    return key === full || key === shortKeyOf(full);
  });

/** `/orders/{orderId}` */
function resourcePathOf(api: RestApi, resourceId: string): string {
  const parts: string[] = [];
  for (
    let resource = api.resources.get(resourceId);
    resource;
    resource = api.resources.get(resource.parentId)
  ) {
    parts.unshift(resource.pathPart);
  }
  return `/${parts.join('/')}`;
}
