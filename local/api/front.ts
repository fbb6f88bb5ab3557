import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../core/clock.ts';
import { verifySignature, type AwsCredentials, type SignatureError } from '../aws/sigv4.ts';
import type { InvocationOutcome } from '../functions/runtime.ts';
import type { MetricSink } from '../sampler/metricSample.ts';
import { findMethod, findRoute, newRestApi, type ApiStage, type Method, type RestApi } from './definition.ts';
import { renderGatewayResponse, type GatewayResponseType } from './gatewayResponse.ts';
import { createApiMeter, type ApiMeter } from './meter.ts';
import {
  missingParameters,
  proxyAnswer,
  proxyEvent,
  readHeaders,
  readQuery,
  type ReceivedRequest,
} from './proxy.ts';

export interface ApiFrontOptions {
  host: '127.0.0.1';
  /** 0: any free one. */
  port: number;
  region: string;
  accountId: string;
  credentials: AwsCredentials;
  clock: Clock;
  metrics: MetricSink;
  /** The APIs it answers for, by id: it adds to them, API Gateway's actions change their stages. */
  restApis: Map<string, RestApi>;
  invoke: (functionName: string, event: unknown) => Promise<InvocationOutcome>;
  /** Told of what should not happen: a mistake of this front, not of its clients. */
  onError: (error: unknown) => void;
}

interface Answer {
  status: number;
  headers: Record<string, string | string[]>;
  body: string;
  /** Time spent in the function's integration; left out when it wasn't reached. */
  integrationMs?: number;
}

/** API Gateway's limit for a request's body. */
const maxBodyBytes = 10 * 2 ** 20;
const noBody = Buffer.alloc(0);

/**
 * API Gateway on one loopback port: `http://127.0.0.1:PORT/{apiId}/{stage}/{path}` stands for
 * `https://{apiId}.execute-api.{region}.amazonaws.com/{stage}/{path}`.
 *
 * In the order in which AWS asks: route, authorisation, throttle, parameters, function.
 */
export class ApiFront {
  readonly #options: ApiFrontOptions;
  readonly #server: Server;
  readonly #apis: Map<string, RestApi>;
  readonly #meters = new Map<ApiStage, ApiMeter>();
  /** Pages of other origins reach loopback by a name of their own (DNS rebinding); these are ours. */
  #hosts: readonly string[] = [];

  private constructor(options: ApiFrontOptions) {
    this.#options = options;
    this.#apis = options.restApis;
    // Clients keep connections for reuse longer than Node's five seconds; a close that races a request
    // would look like a fault of the service.
    this.#server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        if (!request.errored) options.onError(error);
        response.destroy();
      });
    });
  }

  /** @throws the listener's error, such as EADDRINUSE. */
  static async start(options: ApiFrontOptions): Promise<ApiFront> {
    const front = new ApiFront(options);
    front.#server.listen(options.port, options.host);
    await once(front.#server, 'listening');
    front.#hosts = [`127.0.0.1:${front.port}`, `localhost:${front.port}`];
    return front;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** `http://127.0.0.1:PORT`; an API's URL is `{url}/{apiId}/{stage}`. */
  get url(): string {
    return `http://${this.#options.host}:${this.port}`;
  }

  addApi(id: string, name: string): RestApi {
    const api = newRestApi(id, name);
    this.#apis.set(id, api);
    return api;
  }

  /** @throws Error when there is no API of this id. */
  api(id: string): RestApi {
    const api = this.#apis.get(id);
    if (!api) throw new Error(`no REST API has the id "${id}"`);
    return api;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const requestId = randomUUID();
    const [, target = '', apiId = '', stageName = '', rest = '', query = ''] =
      /^(\/([^/?]*)\/?([^/?]*)([^?]*))\??(.*)$/s.exec(request.url ?? '/') ?? [];
    const api = this.#apis.get(apiId);
    const stage = api?.stages.get(stageName);
    const body = await readBody(request);
    let answer: Answer;
    if (!this.#hosts.includes(request.headers.host ?? '') || !api || !stage) {
      answer = {
        status: 403,
        headers: { 'content-type': 'application/json' },
        body: '{"message":"Forbidden"}',
      };
    } else {
      answer = await this.#answer(request, { api, stage, target, path: rest || '/', query, body, requestId });
    }
    response.writeHead(answer.status, {
      'x-amzn-requestid': requestId,
      'x-amz-apigw-id': requestId,
      ...answer.headers,
      'content-length': Buffer.byteLength(answer.body),
    });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
    if (api && stage) {
      this.#meter(api, stage)(this.#options.clock.now(), answer, performance.now() - startedAt);
    }
  }

  async #answer(
    incoming: IncomingMessage,
    received: {
      api: RestApi;
      stage: ApiStage;
      target: string;
      path: string;
      query: string;
      body: Buffer | 'tooLarge';
      requestId: string;
    },
  ): Promise<Answer> {
    const { api, stage, target, path, query, body, requestId } = received;
    const refuse = (type: GatewayResponseType, message: string, status?: number): Answer =>
      renderGatewayResponse(api.gatewayResponses, type, {
        message,
        requestId,
        ...(status === undefined ? {} : { status }),
      });
    const httpMethod = incoming.method ?? 'GET';
    const route = findRoute(api, path);
    const method = route && findMethod(api, route.resourceId, httpMethod);
    if (!route || !method) return refuse('MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token');
    if (body === 'tooLarge') return refuse('REQUEST_TOO_LARGE', 'Request Too Long');

    let accessKeyId: string | undefined;
    const nowMs = this.#options.clock.now();
    if (method.authorization === 'AWS_IAM') {
      const { credentials, region } = this.#options;
      const verified = verifySignature({
        method: httpMethod,
        path: target,
        query,
        headers: incoming.headers,
        body,
        credentials,
        nowMs,
      });
      if (!verified.ok) return refuse(gatewayTypeOf[verified.error], verified.message);
      if (verified.scope.service !== 'execute-api' || verified.scope.region !== region) {
        return refuse(
          'INVALID_SIGNATURE',
          `Credential should be scoped to region '${region}' and service 'execute-api'.`,
        );
      }
      accessKeyId = verified.scope.accessKeyId;
    }
    const throttle =
      stage.methodThrottles.get(`${route.resourcePath.slice(1)}/${httpMethod}`) ?? stage.throttle;
    if (throttle && !throttle.take(nowMs)) return refuse('THROTTLED', 'Too Many Requests');

    const request: ReceivedRequest = {
      httpMethod,
      path,
      query: readQuery(query),
      headers: readHeaders(incoming.rawHeaders),
      body,
      sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
      requestId,
      receivedAtMs: nowMs,
      accessKeyId,
    };
    if (method.validatorId !== undefined && api.validators.get(method.validatorId)?.requestParameters) {
      const missing = missingParameters(method, request);
      if (missing.length > 0) {
        return refuse(
          'BAD_REQUEST_PARAMETERS',
          `Missing required request parameters: [${missing.join(', ')}]`,
        );
      }
    }
    const event = proxyEvent(request, { api, stage, route, accountId: this.#options.accountId });
    const startedAt = performance.now();
    const outcome = await this.#integrate(method, event);
    return { ...integrationAnswer(outcome, refuse), integrationMs: performance.now() - startedAt };
  }

  #meter(api: RestApi, stage: ApiStage): ApiMeter {
    let meter = this.#meters.get(stage);
    if (!meter)
      this.#meters.set(stage, (meter = createApiMeter(this.#options.metrics, api.name, stage.name)));
    return meter;
  }

  async #integrate(method: Method, event: unknown): Promise<InvocationOutcome | 'timeout'> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<'timeout'>((resolve) => {
      timer = setTimeout(resolve, method.timeoutMs, 'timeout');
    });
    try {
      return await Promise.race([this.#options.invoke(method.functionName, event), timeout]);
    } finally {
      clearTimeout(timer);
    }
  }
}

const gatewayTypeOf: Record<SignatureError, GatewayResponseType> = {
  MissingAuthenticationToken: 'MISSING_AUTHENTICATION_TOKEN',
  IncompleteSignature: 'INVALID_SIGNATURE',
  InvalidClientTokenId: 'ACCESS_DENIED',
  RequestExpired: 'EXPIRED_TOKEN',
  SignatureDoesNotMatch: 'INVALID_SIGNATURE',
};

/** What a function's outcome is to the client; AWS shows no reason, and 500 for a throttled function. */
function integrationAnswer(
  outcome: InvocationOutcome | 'timeout',
  refuse: (type: GatewayResponseType, message: string, status?: number) => Answer,
): Answer {
  if (outcome === 'timeout') return refuse('INTEGRATION_TIMEOUT', 'Endpoint request timed out');
  const hidden = 'Internal server error';
  if (!outcome.ok) return refuse('DEFAULT_5XX', hidden, outcome.kind === 'throttled' ? 500 : 502);
  return proxyAnswer(outcome.payload) ?? refuse('DEFAULT_5XX', hidden);
}

async function readBody(request: IncomingMessage): Promise<Buffer | 'tooLarge'> {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
  if (length === '0' && encoding === undefined) return noBody;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  return bytes > maxBodyBytes ? 'tooLarge' : Buffer.concat(chunks);
}
