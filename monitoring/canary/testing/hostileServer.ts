import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const drip = (response: ServerResponse, chunk: Buffer | string, everyMs: number): void => {
  const timer = setInterval(() => response.write(chunk), everyMs);
  response.on('close', () => clearInterval(timer));
};

/** How systems answer, by name. */
export const answers = {
  well: (response) => response.end('{"status":"ok"}'),
  unavailable: (response) => response.writeHead(503).end('{"title":"Database unreachable"}'),
  nothing: () => {},
  slowBytes: (response) => {
    response.writeHead(200);
    drip(response, ' ', 20);
  },
  hugeBody: (response) => {
    response.writeHead(200);
    drip(response, Buffer.alloc(1_000_000), 1);
  },
  hugeHeader: (response) => response.writeHead(200, { 'x-huge': 'x'.repeat(100_000) }).end('{"status":"ok"}'),
  redirect: (response) => response.writeHead(302, { location: '/well/healthcheck' }).end(),
  wrongBody: (response) => response.end('<html>{"status":"ok"}</html>'),
  empty: (response) => response.end(),
  reset: (response) => response.socket?.resetAndDestroy(),
  brokenOff: (response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"status"', () => response.socket?.destroy());
  },
  garbage: (response) => response.socket?.end('no HTTP at all\r\n\r\n'),
  switching: (response) =>
    response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
  interim: (response) => {
    const timer = setInterval(() => response.writeProcessing(), 5);
    response.socket?.on('close', () => clearInterval(timer));
  },
} satisfies Record<string, Answer>;

export type AnswerName = keyof typeof answers;

export interface HostileServer {
  /** Base URL of a system that answers so. */
  url(name: AnswerName): string;
  /** Requests seen, as they came. */
  requests: IncomingMessage[];
  stop(): void;
}

/** A server whose first path segment says how it answers. */
export async function startHostileServer(): Promise<HostileServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer({ maxHeaderSize: 16_384 }, (request, response) => {
    requests.push(request);
    response.on('error', () => {});
    const name = (request.url ?? '').split('/')[1] as AnswerName;
    (answers[name] as Answer)(response, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: (name) => `http://127.0.0.1:${port}/${name}`,
    requests,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
