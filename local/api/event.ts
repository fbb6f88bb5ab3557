import type { ApiStage, RestApi } from './definition.ts';
import { isBinary } from './mediaType.ts';
import type { Route } from './route.ts';

/** Every value of a name, in the order in which they came. */
export type Multi = Readonly<Record<string, readonly string[]>>;

export interface ReceivedRequest {
  httpMethod: string;
  /** Path below the stage, still percent-encoded: `/orders/7`. */
  path: string;
  query: Multi;
  /** Without the signature, which is between the client and API Gateway. */
  headers: Multi;
  body: Buffer;
  contentType: string | undefined;
  sourceIp: string;
  requestId: string;
  receivedAtMs: number;
  /** Of a signed request. */
  accessKeyId: string | undefined;
  /** Of a method that asks for one. */
  apiKey?: { id: string; value: string } | undefined;
}

/** The event a Lambda proxy integration (payload version 1.0) gets. */
export function proxyEvent(
  request: ReceivedRequest,
  { api, stage, route, accountId }: { api: RestApi; stage: ApiStage; route: Route; accountId: string },
): Record<string, unknown> {
  const { headers, query } = request;
  const lastHeaders = lastOfEach(headers);
  const path = `/${stage.name}${request.path}`;
  const hasBody = request.body.length > 0;
  const isBase64Encoded = hasBody && isBinary(api.binaryMediaTypes, request.contentType);
  return {
    resource: route.resourcePath,
    path: request.path,
    httpMethod: request.httpMethod,
    headers: lastHeaders,
    multiValueHeaders: headers,
    queryStringParameters: orNull(lastOfEach(query)),
    multiValueQueryStringParameters: orNull(query),
    pathParameters: orNull(route.pathParameters),
    stageVariables: orNull(stage.variables),
    requestContext: {
      accountId,
      apiId: api.id,
      resourceId: route.resourceId,
      resourcePath: route.resourcePath,
      httpMethod: request.httpMethod,
      path,
      stage: stage.name,
      protocol: 'HTTP/1.1',
      requestId: request.requestId,
      extendedRequestId: request.requestId,
      requestTime: requestTime(request.receivedAtMs),
      requestTimeEpoch: request.receivedAtMs,
      domainName: lastHeaders['Host'] ?? lastHeaders['host'] ?? '',
      identity: {
        sourceIp: request.sourceIp,
        userAgent: lastHeaders['User-Agent'] ?? lastHeaders['user-agent'] ?? null,
        ...(request.apiKey && { apiKey: request.apiKey.value, apiKeyId: request.apiKey.id }),
        accessKey: request.accessKeyId ?? null,
        accountId: request.accessKeyId === undefined ? null : accountId,
        caller: request.accessKeyId ?? null,
        user: request.accessKeyId ?? null,
        userArn: request.accessKeyId === undefined ? null : `arn:aws:iam::${accountId}:user/local`,
      },
    },
    body: hasBody ? request.body.toString(isBase64Encoded ? 'base64' : 'utf8') : null,
    isBase64Encoded,
  };
}

/** @param rawHeaders names and values alternating, as node:http gives them */
export function readHeaders(rawHeaders: readonly string[]): Multi {
  const headers = Object.create(null) as Record<string, string[]>;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.toLowerCase() === 'authorization') continue;
    (headers[name] ??= []).push(rawHeaders[index + 1] ?? '');
  }
  return headers;
}

export function readQuery(query: string): Multi {
  const parameters = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of new URLSearchParams(query)) (parameters[name] ??= []).push(value);
  return parameters;
}

/** The last value of each name, which API Gateway takes where there is room for one. */
export function lastOfEach(values: Multi): Record<string, string> {
  const last = Object.create(null) as Record<string, string>;
  for (const name in values) last[name] = values[name]?.at(-1) ?? '';
  return last;
}

function orNull<T extends object>(values: T): T | null {
  for (const _ in values) return values;
  return null;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `09/Apr/2015:12:34:56 +0000` */
function requestTime(timestampMs: number): string {
  const date = new Date(timestampMs);
  const day = String(date.getUTCDate()).padStart(2, '0');
  const time = date.toISOString().slice(11, 19);
  return `${day}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}:${time} +0000`;
}
