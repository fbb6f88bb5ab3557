import type { RestApi } from './definition.ts';

/** A resource that a path leads to. */
export interface Route {
  resourceId: string;
  /** `/clients/{id}` */
  resourcePath: string;
  pathParameters: Readonly<Record<string, string>>;
}

/**
 * The resource that a path leads to, of those that have methods: at each step a literal part is preferred to
 * `{parameter}`, and that to `{proxy+}`, which takes all that is left of the path.
 */
export function findRoute(api: RestApi, path: string): Route | undefined {
  const segments = path.split('/').filter((segment) => segment !== '');
  const root = { resourceId: api.rootResourceId, resourcePath: '', pathParameters: {} };
  const route = follow(api, root, segments);
  return route && { ...route, resourcePath: route.resourcePath || '/' };
}

function follow(api: RestApi, from: Route, segments: readonly string[]): Route | undefined {
  const [segment, ...rest] = segments;
  if (segment === undefined) return hasMethods(api, from.resourceId) ? from : undefined;
  const { literal, parameter, greedy } = childrenOf(api, from.resourceId, segment);
  const step = ({ resourceId, pathPart }: Child, values: Record<string, string>): Route => ({
    resourceId,
    resourcePath: `${from.resourcePath}/${pathPart}`,
    pathParameters: { ...from.pathParameters, ...values },
  });
  return (
    (literal && follow(api, step(literal, {}), rest)) ??
    (parameter && follow(api, step(parameter, { [nameOf(parameter)]: decode(segment) }), rest)) ??
    (greedy && follow(api, step(greedy, { [nameOf(greedy)]: segments.map(decode).join('/') }), []))
  );
}

interface Child {
  resourceId: string;
  pathPart: string;
}

/** Those of a resource's children that a segment may lead to; each kind is there once at most. */
function childrenOf(
  api: RestApi,
  resourceId: string,
  segment: string,
): { literal?: Child; parameter?: Child; greedy?: Child } {
  const found: { literal?: Child; parameter?: Child; greedy?: Child } = {};
  for (const [id, { parentId, pathPart }] of api.resources) {
    if (parentId !== resourceId) continue;
    const child = { resourceId: id, pathPart };
    if (pathPart === segment) found.literal = child;
    else if (pathPart.endsWith('+}')) found.greedy = child;
    else if (pathPart.startsWith('{')) found.parameter = child;
  }
  return found;
}

const hasMethods = (api: RestApi, resourceId: string): boolean =>
  api.methods.some((method) => method.resourceId === resourceId);

/** `id` of `{id}`, and of `{id+}`. */
const nameOf = ({ pathPart }: Child): string => pathPart.replaceAll(/[{}+]/g, '');

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
