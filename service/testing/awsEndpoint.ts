import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

type Action = (input: Record<string, unknown>) => unknown;

/** An error the way AWS JSON services answer it. */
export class AwsFault extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** A loopback endpoint for AWS JSON services: one function an action, by the name in `X-Amz-Target`. */
export class AwsEndpoint {
  readonly actions = new Map<string, Action>();
  /** Actions called, oldest first. */
  readonly calls: string[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<AwsEndpoint> {
    const server = createServer();
    const endpoint = new AwsEndpoint(server);
    server.on('request', (request, response) => {
      const action = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
      endpoint.calls.push(action);
      text(request)
        .then((body) => endpoint.#run(action, JSON.parse(body) as Record<string, unknown>))
        .then(
          (output) => response.end(JSON.stringify(output ?? {})),
          (error: Error) => {
            response.statusCode = error instanceof AwsFault ? 400 : 500;
            response.end(JSON.stringify({ __type: error.name, message: error.message }));
          },
        );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What an SDK client needs to talk to it. */
  get clientConfig() {
    return {
      endpoint: this.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
      maxAttempts: 1,
    };
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #run(action: string, input: Record<string, unknown>): Promise<unknown> {
    const run = this.actions.get(action);
    if (!run) throw new AwsFault('UnknownOperationException', `no action ${action}`);
    return run(input);
  }
}
