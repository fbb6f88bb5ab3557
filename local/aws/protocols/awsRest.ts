import { AwsError } from '../errors.ts';
import { awsJson } from './awsJson.ts';
import type { HttpRequest, Protocol } from './protocol.ts';

/** Where an action lives: `GET /schedules/{Name}`; what stands in braces becomes a member of its input. */
export interface RestRoute {
  action: string;
  method: 'GET' | 'POST' | 'DELETE' | 'PATCH';
  path: string;
  /** Query parameters and the members they become; others are refused. */
  query?: Readonly<Record<string, string>>;
}

/** REST with JSON bodies: the action is told by method and path, the error's code by a header. */
export function awsRest(routes: readonly RestRoute[]): Protocol {
  const json = awsJson('1.1', '');
  const headers = { 'content-type': 'application/json' };
  return {
    actionOf: (request) => findRoute(routes, request)?.route.action,
    read: (request) => {
      const found = findRoute(routes, request);
      return { ...readBody(request), ...found?.parameters, ...readQuery(request, found?.route.query) };
    },
    write: (action, output, requestId) => ({ ...json.write(action, output, requestId), headers }),
    writeError: ({ statusCode, code, message }) => ({
      statusCode,
      headers: { ...headers, 'x-amzn-errortype': code },
      body: JSON.stringify({ Message: message }),
    }),
    signatureErrors: json.signatureErrors,
  };
}

function findRoute(
  routes: readonly RestRoute[],
  { method, path }: HttpRequest,
): { route: RestRoute; parameters: Record<string, string> } | undefined {
  const segments = path.split('/');
  for (const route of routes) {
    const pattern = route.path.split('/');
    if (route.method !== method || pattern.length !== segments.length) continue;
    const parameters: Record<string, string> = {};
    const matches = pattern.every((part, index) => {
      const segment = segments[index] ?? '';
      if (!part.startsWith('{')) return part === segment;
      const value = decode(segment);
      parameters[part.slice(1, -1)] = value;
      return value !== '';
    });
    if (matches) return { route, parameters };
  }
  return undefined;
}

/** Empty for what is no encoding of anything, as for an empty segment: neither names a thing. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}

function readBody({ body }: HttpRequest): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8') || '{}');
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // Refused below, like any other body that is no JSON object.
  }
  throw new AwsError('SerializationException', 'expected a JSON object as the body');
}

function readQuery({ query }: HttpRequest, members: RestRoute['query'] = {}): Record<string, string> {
  return Object.fromEntries(
    [...new URLSearchParams(query)].map(([name, value]) => [members[name] ?? name, value]),
  );
}
