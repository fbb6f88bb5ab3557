import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LocalStageError } from '../errors.ts';
import type { ActionContext } from './action.ts';
import { decompress, readBody } from './body.ts';
import { destinationOf, servedNames, type Destination } from './dispatch.ts';
import { InvalidParameterValueError } from '../../cloudwatch/errors.ts';
import { AwsError } from './errors.ts';
import { isLoopback, refusalOf } from './endpointGuard.ts';
import type { HttpRequest, HttpResponse } from './protocols/protocol.ts';
import { signingScope, verifySignature, type AwsCredentials } from './sigv4.ts';

export interface AwsEndpointOptions extends ActionContext {
  /** A loopback address; any other is refused. */
  host: string;
  /** 0 for any free port. */
  port: number;
  /** The only key pair that is accepted. */
  credentials: AwsCredentials;
}

export interface AwsEndpoint {
  /** What AWS_ENDPOINT_URL must say. */
  readonly url: string;
  readonly port: number;
  /** Stops listening, ends long polls, running SQL and open connections. */
  close(): Promise<void>;
}

/**
 * Serves the stage's AWS services on one loopback port; which service a request is for stands in its
 * signature. What is not served is refused by name, in the words of the client's protocol.
 * @throws LocalStageError for an address that is not loopback; the system's own error, with its code, for a
 * port that is not to be had.
 */
export async function startAwsEndpoint(options: AwsEndpointOptions): Promise<AwsEndpoint> {
  if (!isLoopback(options.host)) {
    throw new LocalStageError(`host ${options.host}: expected a loopback address such as 127.0.0.1`);
  }
  const server = createServer({ keepAliveTimeout: 65_000 });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  server.on('request', (request, response) => {
    void serve(request, options, { url, port }).then((answer) => send(response, answer));
  });
  const shutDown = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    await options.state.messaging.close();
    options.state.clusters.close();
    await options.state.statements.close();
    server.closeAllConnections();
    await closed;
  };
  let closing: Promise<void> | undefined;
  return { url, port, close: () => (closing ??= shutDown()) };
}

interface Answer extends HttpResponse {
  requestId: string;
}

async function serve(
  incoming: IncomingMessage,
  options: AwsEndpointOptions,
  { url, port }: { url: string; port: number },
): Promise<Answer> {
  const requestId = randomUUID();
  const refusal = refusalOf(incoming, port);
  if (refusal !== undefined) {
    return { requestId, statusCode: 403, headers: { 'content-type': 'text/plain' }, body: `${refusal}\n` };
  }
  const [path = '/', query = ''] = (incoming.url ?? '/').split(/\?(.*)/s);
  const method = incoming.method ?? '';
  const unread = { method, path, query, headers: incoming.headers, body: Buffer.alloc(0) };
  const scope = signingScope(incoming.headers.authorization);
  let destination = destinationOf(unread, scope?.service);
  try {
    const body = await readBody(incoming);
    const request: HttpRequest = {
      ...unread,
      body: await decompress(body, incoming.headers['content-encoding']),
    };
    destination = destinationOf(request, scope?.service);
    authenticate({ ...unread, body }, destination, options);
    return { requestId, ...(await run(request, destination, options, { url, requestId })) };
  } catch (error) {
    return { requestId, ...destination.protocol.writeError(toAwsError(error), requestId) };
  }
}

/** A fault of the stage itself where nothing else is known. */
function toAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  if (error instanceof InvalidParameterValueError) {
    const code = 'InvalidParameterValue';
    return new AwsError(`${code}Exception`, error.message, { queryCode: code });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new AwsError('InternalFailure', message, { statusCode: 500 });
}

/** @throws AwsError when the signature is not one of the stage's key in the stage's region. */
function authenticate(
  request: HttpRequest,
  { protocol }: Destination,
  { credentials, clock, region }: AwsEndpointOptions,
): void {
  const verification = verifySignature({
    ...request,
    credentials,
    nowMs: clock.now(),
  });
  if (!verification.ok) {
    const { code, statusCode } = protocol.signatureErrors[verification.error];
    throw new AwsError(code, verification.message, { statusCode });
  }
  if (verification.scope.region !== region) {
    const { code, statusCode } = protocol.signatureErrors.SignatureDoesNotMatch;
    throw new AwsError(
      code,
      `Credential should be scoped to a valid region, not '${verification.scope.region}': this stage is in ${region}`,
      { statusCode },
    );
  }
}

async function run(
  request: HttpRequest,
  { service, protocol, action: name }: Destination,
  context: ActionContext,
  { url, requestId }: { url: string; requestId: string },
): Promise<HttpResponse> {
  if (!service) {
    const signedFor = signingScope(request.headers.authorization)?.service ?? '';
    throw new AwsError(
      'UnknownOperationException',
      `service "${signedFor}" is not part of this stage; it serves ${servedNames.join(', ')}`,
      { statusCode: 404, queryCode: 'InvalidAction' },
    );
  }
  if (service.actions === 'emulator') return context.state.messaging.request(request, url);
  const action = service.actions.find((candidate) => candidate.name === name);
  if (!action) {
    const served = service.actions.map((candidate) => candidate.name).join(', ');
    throw new AwsError(
      service.unknownActionCode,
      `${service.signingName} action "${name ?? `${request.method} ${request.path}`}" is not part of this stage; it serves ${served}`,
      { queryCode: 'InvalidAction' },
    );
  }
  context.state.apiThrottle.take(service.signingName, action.name, context.clock.now());
  return protocol.write(
    action.name,
    await action.run(protocol.read(request, action.input), context),
    requestId,
  );
}

function send(response: ServerResponse, { requestId, statusCode, headers, body }: Answer): void {
  response.writeHead(statusCode, {
    ...headers,
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': requestId,
  });
  response.end(body);
}
