import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** @param caller the id of the key that signed the call */
type Action = (input: Record<string, unknown>, caller: string) => unknown;

/** An error the way AWS JSON services answer it. */
export class AwsFault extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/**
 * A loopback endpoint for AWS JSON services: one function an action, by the name in `X-Amz-Target`; and for those of
 * the query protocol, by the form's `Action`, whose answers are the XML inside of the result.
 */
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
      const caller = /Credential=(\w+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const target = request.headers['x-amz-target'];
      void text(request)
        .then((body) => endpoint.#answer(target === undefined ? undefined : String(target), body, caller))
        .then(({ status, body }) => {
          response.statusCode = status;
          response.end(body);
        });
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

  async #answer(
    target: string | undefined,
    body: string,
    caller: string,
  ): Promise<{ status: number; body: string }> {
    const form = target === undefined ? new URLSearchParams(body) : undefined;
    const action = form?.get('Action') ?? target?.split('.').at(-1) ?? '';
    this.calls.push(action);
    try {
      const input = form ? Object.fromEntries(form) : (JSON.parse(body) as Record<string, unknown>);
      const output = await this.#run(action, input, caller);
      if (!form) return { status: 200, body: JSON.stringify(output ?? {}) };
      const result = `<${action}Result>${String(output)}</${action}Result>`;
      return { status: 200, body: `<${action}Response>${result}</${action}Response>` };
    } catch (error) {
      const { name, message } = error as Error;
      const status = error instanceof AwsFault ? 400 : 500;
      if (!form) return { status, body: JSON.stringify({ __type: name, message }) };
      const fault = `<Error><Code>${name}</Code><Message>${message}</Message></Error>`;
      return { status, body: `<ErrorResponse>${fault}</ErrorResponse>` };
    }
  }

  async #run(action: string, input: Record<string, unknown>, caller: string): Promise<unknown> {
    const run = this.actions.get(action);
    if (!run) throw new AwsFault('UnknownOperationException', `no action ${action}`);
    return run(input, caller);
  }
}

/** What STS answers to `AssumeRole`: credentials by whose key id the endpoint knows the role. */
export const assumedAs = (accessKeyId: string): string =>
  `<Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>` +
  '<SessionToken>token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>';
