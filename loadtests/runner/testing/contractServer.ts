import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';

const connections = new WeakMap<Socket, number>();
let seen = 0;

/** What the contract suite's scripts ask: an answer a path. */
const answers: Readonly<
  Record<string, (request: IncomingMessage, response: ServerResponse, rest: string) => void | Promise<void>>
> = {
  ok: (_, response) => json(response, { id: 7 }),
  echo: async (request, response) => {
    const { method, headers } = request;
    json(response, { method, headers, body: await text(request) });
  },
  status: (_, response, status) => void response.writeHead(Number(status)).end('{}'),
  slow: (request, response) => {
    const ms = Number(new URL(request.url ?? '', 'http://unused').searchParams.get('ms'));
    setTimeout(() => json(response, { id: 7 }), ms).unref();
  },
  redirect: (_, response, left) => {
    if (left === '0') return json(response, { id: 7 });
    response.writeHead(302, { location: `/redirect/${Number(left) - 1}` }).end();
  },
  'redirect-echo': (_, response, status) =>
    void response.writeHead(Number(status), { location: '/echo' }).end(),
  connection: ({ socket }, response) => {
    const id = connections.get(socket) ?? (seen += 1);
    connections.set(socket, id);
    json(response, { id });
  },
  cookie: (_, response) => {
    response.setHeader('set-cookie', ['session=abc; Path=/; HttpOnly', 'gone=1; Max-Age=0; Path=/']);
    json(response, {});
  },
  gzip: (_, response) => {
    const body = gzipSync(JSON.stringify({ list: [{ name: 'a' }, { name: 'b' }] }));
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(body);
  },
};

const json = (response: ServerResponse, body: unknown): void =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));

export async function startContractServer(): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const [, name = '', rest = ''] = new URL(request.url ?? '', 'http://unused').pathname.split('/');
    const answer = answers[name];
    if (answer) void answer(request, response, rest);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
