import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignatureV4 } from '@smithy/signature-v4';
import { health, lookUp } from '../../../service/load.ts';
import { clientOf, seeded, testClientId, type Client } from '../../../service/load/clients.ts';
import { idAsked } from '../../../service/testing/asking.ts';

export const testCredentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'a/session+token==',
};

/** SHA-256 as the SDK's signer takes it. */
export class Sha256 {
  readonly #hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined
        ? createHash('sha256')
        : createHmac('sha256', typeof secret === 'string' ? secret : new Uint8Array(secret as ArrayBuffer));
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }
  reset(): void {
    throw new Error('the signer makes a new hash instead');
  }
}

export interface FakeApi {
  url: string;
  /** What it knows by id. */
  clients: Map<number, Client>;
  /** Requests so far. */
  requests(): number;
  /** Answers requests whose decoded query matches with 403 and this problem, as what stands before the service does. */
  forbid(query: RegExp, code: 'blocked' | 'forbidden'): void;
  /** Answers every request from now on by this instead. */
  answerWith(answer: ((response: ServerResponse) => void) | undefined): void;
  close(): Promise<void>;
}

const signer = new SignatureV4({
  credentials: testCredentials,
  region: 'us-east-1',
  service: 'execute-api',
  sha256: Sha256,
  applyChecksum: false,
});

/** An API that answers as the service does behind API Gateway: signatures checked, mistakes as problems. */
export async function startFakeApi(): Promise<FakeApi> {
  const clients = new Map([[testClientId, clientOf(testClientId)]]);
  let requests = 0;
  let override: ((response: ServerResponse) => void) | undefined;
  let forbidden: { query: RegExp; code: string } | undefined;
  const server = createServer((request, response) => {
    requests += 1;
    if (override) return override(response);
    const { search } = new URL(request.url ?? '', 'http://unused');
    if (forbidden?.query.test(decodeURIComponent(search))) return problem(response, 403, forbidden.code);
    void isSigned(request).then((signed) => answer(request, response, signed, clients));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/prod`,
    clients,
    requests: () => requests,
    forbid: (query, code) => {
      forbidden = { query, code };
    },
    answerWith: (next) => {
      override = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Gives an API the clients that the profiles ask for. */
export function seedAll({ clients }: FakeApi): void {
  const { firstId, count } = seeded;
  for (let id = firstId; id < firstId + count; id += 1) clients.set(id, clientOf(id));
}

async function isSigned({ method = '', url = '', headers }: IncomingMessage): Promise<boolean> {
  const { pathname, searchParams } = new URL(url, 'http://unused');
  const date = String(headers['x-amz-date'] ?? '');
  const instant = date.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z');
  if (headers.authorization === undefined || date === '') return false;
  const expected = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: { host: headers.host ?? '' },
    },
    { signingDate: new Date(instant) },
  );
  return expected.headers['authorization'] === headers.authorization;
}

function answer(
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
  signed: boolean,
  clients: ReadonlyMap<number, Client>,
): void {
  const { pathname } = new URL(url, 'http://unused');
  const route = `${method} ${pathname}`;
  if (route === `GET /prod${health}` || route === `GET /prod${lookUp(testClientId).path}`) {
    if (!signed) return problem(response, 403, 'forbidden');
  } else {
    return problem(response, 403, 'forbidden');
  }
  if (route === `GET /prod${health}`) return json(response, 200, { status: 'ok' });
  const id = idAsked(url);
  if (!/^[1-9]\d{0,15}$/.test(id)) return problem(response, 400, 'clientIdInvalid');
  const client = clients.get(Number(id));
  if (!client) return problem(response, 404, 'clientNotFound');
  json(response, 200, client);
}

function json(response: ServerResponse, status: number, body: unknown, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
}

const problem = (response: ServerResponse, status: number, code: string): void =>
  json(
    response,
    status,
    { type: `urn:headroom:problem:${code}`, title: code, status, detail: 'said so', requestId: 'r-1' },
    'application/problem+json',
  );
