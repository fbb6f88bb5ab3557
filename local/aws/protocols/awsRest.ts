import { AwsError } from '../errors.ts';
import type { Wire, WireDocument } from '../wire.ts';
import { awsJson } from './awsJson.ts';
import type { HttpRequest, Protocol } from './protocol.ts';

/** Where an action lives: `GET /schedules/{Name}`; what stands in braces becomes a member of its input. */
export interface RestRoute {
  action: string;
  method: 'GET' | 'POST' | 'DELETE' | 'PATCH';
  path: string;
  /** Query parameters and the members they become; others are refused. */
  query?: Readonly<Record<string, string>>;
  /** Headers, in lower case, and the members they become. */
  headers?: Readonly<Record<string, string>>;
  /** The member that is the body, as it came; left out, the body is JSON with members of its own. */
  payload?: string;
  /** Members of the answer that are its status, headers and body; left out, all of it is a JSON body. */
  answer?: { status: string; headers: Readonly<Record<string, string>>; payload: string };
}

/** REST with JSON bodies: the action is told by method and path, the error's code by a header. */
export function awsRest(routes: readonly RestRoute[]): Protocol {
  const json = awsJson('1.1', '');
  const headers = { 'content-type': 'application/json' };
  return {
    actionOf: (request) => findRoute(routes, request)?.route.action,
    read: (request) => {
      const { route, parameters } = findRoute(routes, request) ?? {};
      return {
        ...(route?.payload === undefined ? readBody(request) : { [route.payload]: request.body }),
        ...parameters,
        ...readQuery(request, route?.query),
        ...readHeaders(request, route?.headers),
      };
    },
    write: (action, output, requestId) => {
      const answer = routes.find((route) => route.action === action)?.answer;
      if (answer === undefined) return { ...json.write(action, output, requestId), headers };
      return {
        statusCode: Number(output[answer.status]),
        headers: { ...headers, ...headersOf(output, answer.headers) },
        body: textOf(output[answer.payload]),
      };
    },
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

function readHeaders({ headers }: HttpRequest, members: RestRoute['headers'] = {}): Record<string, unknown> {
  const there = Object.entries(members).filter(([name]) => headers[name] !== undefined);
  return Object.fromEntries(there.map(([name, member]) => [member, headers[name]]));
}

function headersOf(output: WireDocument, members: Readonly<Record<string, string>>): Record<string, string> {
  const there = Object.entries(members).filter(([, member]) => output[member] !== undefined);
  return Object.fromEntries(there.map(([name, member]) => [name, textOf(output[member])]));
}

const textOf = (value: Wire): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
