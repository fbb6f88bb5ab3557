import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../core/clock.ts';
import type { AwsCredentials } from '../aws/sigv4.ts';
import { findMethod, type ApiStage, type Method, type RestApi } from './definition.ts';
import { lastOfEach, proxyEvent, readHeaders, readQuery, type ReceivedRequest } from './event.ts';
import { renderGatewayResponse, type Refusal } from './gatewayResponse.ts';
import { integrate, type Invoke } from './integration.ts';
import { wantsBinary } from './mediaType.ts';
import { mockAnswer } from './mockIntegration.ts';
import { missingParameters } from './parameters.ts';
import { bodyProblems } from './requestBody.ts';
import { findRoute, type Route } from './route.ts';
import { throttleOf } from './settingsKey.ts';
import { callerOf } from './signature.ts';

/** A request that has found its API. */
export interface ArrivedRequest {
  api: RestApi;
  stage: ApiStage;
  incoming: IncomingMessage;
  /** Path as it was signed, with API and stage, still percent-encoded. */
  signedPath: string;
  /** Path below the stage, still percent-encoded. */
  path: string;
  query: string;
  body: Buffer | 'tooLarge';
  requestId: string;
}

/** What an answer takes beside the request and its API. */
export interface Gateway {
  region: string;
  accountId: string;
  credentials: AwsCredentials;
  clock: Clock;
  invoke: Invoke;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[]>;
  body: string | Buffer;
  /** Time spent in the function's integration; left out when it wasn't reached. */
  integrationMs?: number;
}

/** In the order in which AWS asks: route, size, authorisation, API key, throttle, parameters, body, integration. */
export async function answerOf(arrived: ArrivedRequest, gateway: Gateway): Promise<Answer> {
  const { api, stage, incoming, path, query, body, requestId } = arrived;
  const refuse = (refusal: Refusal): Answer =>
    renderGatewayResponse(api.gatewayResponses, refusal, requestId);
  const httpMethod = incoming.method ?? 'GET';
  const route = findRoute(api, path);
  const method = route && findMethod(api, route.resourceId, httpMethod);
  if (!route || !method) return refuse(noSuchMethod);
  if (body === 'tooLarge') return refuse(tooLarge);

  const { region, credentials, clock } = gateway;
  const nowMs = clock.now();
  const { headers } = incoming;
  const caller = callerOf(
    method,
    { method: httpMethod, path: arrived.signedPath, query, headers, body, credentials, nowMs },
    region,
  );
  if ('type' in caller) return refuse(caller);
  const apiKey = method.needsApiKey ? keyOf(stage, headers['x-api-key']) : undefined;
  if (apiKey === null) return refuse(noApiKey);
  const throttle = throttleOf(stage, route, method);
  if (throttle && !throttle.take(nowMs)) return refuse(throttled);

  const request: ReceivedRequest = {
    httpMethod,
    path,
    query: readQuery(query),
    headers: readHeaders(incoming.rawHeaders),
    body,
    contentType: headers['content-type'],
    sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
    requestId,
    receivedAtMs: nowMs,
    accessKeyId: caller.accessKeyId,
    apiKey,
  };
  const missing = missingParameters(api, method, request);
  if (missing.length > 0) return refuse(lacking(missing));
  const problems = bodyProblems(api, method, request);
  if (problems.length > 0) return refuse(invalidBody(problems));
  const startedAt = performance.now();
  const answer = await integrationOf(request, { ...arrived, route, method }, gateway);
  const integrationMs = performance.now() - startedAt;
  return 'type' in answer ? { ...refuse(answer), integrationMs } : { ...answer, integrationMs };
}

function integrationOf(
  request: ReceivedRequest,
  { api, stage, route, incoming, method }: ArrivedRequest & { route: Route; method: Method },
  { accountId, invoke }: Gateway,
): Promise<Answer | Refusal> | Answer | Refusal {
  const { integration } = method;
  if (!('functionName' in integration)) {
    return mockAnswer(integration, {
      header: lastOfEach(request.headers),
      querystring: lastOfEach(request.query),
      path: route.pathParameters,
      requestId: request.requestId,
      contentType: request.contentType,
    });
  }
  const event = proxyEvent(request, { api, stage, route, accountId });
  const binary = wantsBinary(api.binaryMediaTypes, incoming.headers.accept);
  return integrate(integration, { event, binary }, invoke);
}

/** Null for one that the stage's usage plans do not take. */
function keyOf(
  { apiKeys }: ApiStage,
  value: string | string[] | undefined,
): ReceivedRequest['apiKey'] | null {
  const id = typeof value === 'string' ? apiKeys.get(value) : undefined;
  return id === undefined ? null : { id, value: String(value) };
}

const noApiKey: Refusal = { type: 'INVALID_API_KEY', message: 'Forbidden' };
const noSuchMethod: Refusal = {
  type: 'MISSING_AUTHENTICATION_TOKEN',
  message: 'Missing Authentication Token',
};
const tooLarge: Refusal = { type: 'REQUEST_TOO_LARGE', message: 'Request Too Long' };
const throttled: Refusal = { type: 'THROTTLED', message: 'Too Many Requests' };
const invalidBody = (problems: readonly string[]): Refusal => ({
  type: 'BAD_REQUEST_BODY',
  message: 'Invalid request body',
  validationError: `[${problems.join(', ')}]`,
});
const lacking = (parameters: readonly string[]): Refusal => ({
  type: 'BAD_REQUEST_PARAMETERS',
  message: `Missing required request parameters: [${parameters.join(', ')}]`,
});
