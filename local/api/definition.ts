import type { GatewayResponse } from './gatewayResponse.ts';
import type { TokenBucket } from './tokenBucket.ts';

/** A REST API as the template describes it. Resources of the template fill it in, one by one. */
export interface RestApi {
  id: string;
  name: string;
  rootResourceId: string;
  resources: Map<string, { parentId: string; pathPart: string }>;
  methods: Method[];
  validators: Map<string, { requestParameters: boolean }>;
  gatewayResponses: Map<string, GatewayResponse>;
  stages: Map<string, ApiStage>;
}

export interface Method {
  resourceId: string;
  /** Upper case, or `ANY`. */
  httpMethod: string;
  authorization: 'AWS_IAM' | 'NONE';
  /** Query parameters, headers and path parameters that must be there, when a validator asks for them. */
  required: { querystring: string[]; header: string[] };
  validatorId: string | undefined;
  functionName: string;
  /** How long API Gateway waits for the function; 29 s unless the template says less. */
  timeoutMs: number;
}

export interface ApiStage {
  name: string;
  variables: Readonly<Record<string, string>>;
  throttle: TokenBucket | undefined;
  /** Throttles of single methods, which stand in for the stage's: by `getClient/GET`. */
  methodThrottles: ReadonlyMap<string, TokenBucket>;
}

export const newRestApi = (id: string, name: string): RestApi => ({
  id,
  name,
  rootResourceId: `${id}-root`,
  resources: new Map(),
  methods: [],
  validators: new Map(),
  gatewayResponses: new Map(),
  stages: new Map(),
});

export interface Route {
  resourceId: string;
  /** `/clients/{id}` */
  resourcePath: string;
  pathParameters: Record<string, string>;
}

/** The resource a path leads to; a literal part is preferred to a parameter. */
export function findRoute(api: RestApi, path: string): Route | undefined {
  const segments = path.split('/').filter((segment) => segment !== '');
  let route: Route = { resourceId: api.rootResourceId, resourcePath: '', pathParameters: {} };
  for (const segment of segments) {
    const next = child(api, route, segment);
    if (!next) return undefined;
    route = next;
  }
  return { ...route, resourcePath: route.resourcePath || '/' };
}

function child(api: RestApi, parent: Route, segment: string): Route | undefined {
  let byParameter: Route | undefined;
  for (const [resourceId, { parentId, pathPart }] of api.resources) {
    if (parentId !== parent.resourceId) continue;
    const resourcePath = `${parent.resourcePath}/${pathPart}`;
    if (pathPart === segment) return { resourceId, resourcePath, pathParameters: parent.pathParameters };
    if (pathPart.startsWith('{')) {
      const pathParameters = { ...parent.pathParameters, [pathPart.slice(1, -1)]: decode(segment) };
      byParameter = { resourceId, resourcePath, pathParameters };
    }
  }
  return byParameter;
}

export const findMethod = (api: RestApi, resourceId: string, httpMethod: string): Method | undefined =>
  api.methods.find((method) => method.resourceId === resourceId && method.httpMethod === httpMethod) ??
  api.methods.find((method) => method.resourceId === resourceId && method.httpMethod === 'ANY');

/** The throttle of a method: its own, or its stage's. */
export const throttleOf = (stage: ApiStage, route: Route, httpMethod: string): TokenBucket | undefined =>
  stage.methodThrottles.get(`${route.resourcePath.slice(1)}/${httpMethod}`) ?? stage.throttle;

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
