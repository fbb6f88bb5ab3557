import type { LoadRequest } from '../../fleet/serviceLoad.ts';
import type { ServiceDefinition } from '../../fleet/service.ts';
import type { Call } from './callAlias.ts';

type NamedRoute = Pick<ServiceDefinition['routes'][number], 'method' | 'path'>;

/**
 * The call that API Gateway makes of a request (REST, Lambda proxy), and whether its answer is the right one.
 * @throws TypeError for a request that none of the service's routes takes
 */
export function proxyCall(
  request: LoadRequest,
  { routes }: { routes: readonly NamedRoute[] },
  about: { stage: string; requestId: string },
): Call {
  const { method = 'GET', path, query = {}, body = null, statuses, isRight } = request;
  const [resource, pathParameters] = resourceOf(routes, method, path);
  return {
    event: {
      resource,
      path,
      httpMethod: method,
      headers: {},
      multiValueHeaders: {},
      queryStringParameters: orNull(query),
      multiValueQueryStringParameters: orNull(
        Object.fromEntries(Object.entries(query).map(([name, value]) => [name, [value]])),
      ),
      pathParameters: orNull(pathParameters),
      stageVariables: null,
      requestContext: {
        resourcePath: resource,
        httpMethod: method,
        path: `/${about.stage}${path}`,
        stage: about.stage,
        protocol: 'HTTP/1.1',
        requestId: about.requestId,
        identity: {},
      },
      body,
      isBase64Encoded: false,
    },
    problemWith: (answer) => {
      const { statusCode: status, body: said } = (answer ?? {}) as { statusCode?: unknown; body?: unknown };
      if (typeof status !== 'number' || !statuses.includes(status)) {
        return `answered with status ${String(status)}`;
      }
      const right = isRight?.({ status, body: typeof said === 'string' ? said : null }) ?? true;
      return right ? null : 'answered with another body';
    },
  };
}

/** The resource as its route names it, and what stands for its parameters. */
function resourceOf(
  routes: readonly NamedRoute[],
  method: string,
  path: string,
): [string, Record<string, string>] {
  const parts = path.split('/');
  for (const route of routes.filter((one) => one.method === method)) {
    const names = route.path.split('/');
    const parameters: Record<string, string> = {};
    const matches = names.every((name, index) => {
      const part = parts[index] ?? '';
      const parameter = /^\{(.+)\}$/.exec(name)?.[1];
      if (parameter === undefined) return name === part;
      parameters[parameter] = decodeURIComponent(part);
      return part !== '';
    });
    if (matches && names.length === parts.length) return [route.path, parameters];
  }
  throw new TypeError(`no route of the service takes ${method} ${path}`);
}

const orNull = <T extends object>(values: T): T | null => (Object.keys(values).length === 0 ? null : values);
