import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MetricSink } from '../sampler/metricSample.ts';
import { answerOf, type Answer, type Gateway } from './answer.ts';
import { newRestApi, type ApiKey, type ApiStage, type RestApi } from './definition.ts';
import { createApiMeter, type ApiMeter } from './meter.ts';

export interface ApiFrontOptions extends Gateway {
  host: '127.0.0.1';
  /** 0: any free one. */
  port: number;
  metrics: MetricSink;
  /** The APIs it answers for, by id: it adds to them, API Gateway's actions change their stages. */
  restApis: Map<string, RestApi>;
  /** Told of what should not happen: a mistake of this front, not of its clients. */
  onError: (error: unknown) => void;
}

/** API Gateway's limit for a request's body. */
const maxBodyBytes = 10 * 2 ** 20;
const noBody = Buffer.alloc(0);

/** To whoever asks for no API of this machine, or by a name that is none of its own. */
const forbidden: Answer = {
  status: 403,
  headers: { 'content-type': 'application/json' },
  body: '{"message":"Forbidden"}',
};

/**
 * API Gateway on one loopback port: `http://127.0.0.1:PORT/{apiId}/{stage}/{path}` stands for
 * `https://{apiId}.execute-api.{region}.amazonaws.com/{stage}/{path}`.
 */
export class ApiFront {
  readonly #options: ApiFrontOptions;
  readonly #server: Server;
  readonly #apis: Map<string, RestApi>;
  /** By id: the keys, and the stages that the plans have them open. */
  readonly keys = new Map<string, ApiKey>();
  readonly usagePlans = new Map<string, readonly ApiStage[]>();
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

  addApi(id: string, name: string, binaryMediaTypes: readonly string[] = []): RestApi {
    const api = newRestApi(id, name, binaryMediaTypes);
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
    const [, signedPath = '', apiId = '', stageName = '', rest = '', query = ''] =
      /^(\/([^/?]*)\/?([^/?]*)([^?]*))\??(.*)$/s.exec(request.url ?? '/') ?? [];
    const api = this.#apis.get(apiId);
    const stage = api?.stages.get(stageName);
    const body = await readBody(request);
    const ownName = this.#hosts.includes(request.headers.host ?? '');
    const answer =
      ownName && api && stage
        ? await answerOf(
            { api, stage, incoming: request, signedPath, path: rest || '/', query, body, requestId },
            this.#options,
          )
        : forbidden;
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

  #meter(api: RestApi, stage: ApiStage): ApiMeter {
    let meter = this.#meters.get(stage);
    if (!meter)
      this.#meters.set(stage, (meter = createApiMeter(this.#options.metrics, api.name, stage.name)));
    return meter;
  }
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
