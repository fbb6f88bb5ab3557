import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { ScriptError, UnsupportedError } from '../../errors.ts';
import type { Cookie } from '../cookieJar.ts';
import type { Exchange, ExchangeRequest } from '../transport.ts';
import { select } from './jsonPath.ts';

export type ResponseType = 'text' | 'binary' | 'none';

/**
 * Milliseconds, under k6's names. `blocked` begins with the call.
 * Connecting and handshaking are part of `blocked`, as in k6, and not told apart (0).
 */
export interface Timings {
  blocked: number;
  connecting: number;
  tls_handshaking: number;
  sending: number;
  waiting: number;
  receiving: number;
  duration: number;
}

/** What was sent, as k6 shows it. */
interface SentRequest {
  method: string;
  url: string;
  headers: Record<string, string[]>;
  body: string;
}

/** An answer as k6 scripts see it; status 0 and an `error` when there was none. */
export class K6Response {
  /** Where it came from, after redirects. */
  readonly url: string;
  readonly status: number;
  readonly status_text: string;
  readonly proto: string;
  readonly headers: Record<string, string>;
  readonly cookies: Record<string, Cookie[]>;
  readonly body: string | ArrayBuffer | null;
  readonly error: string;
  readonly error_code: number;
  readonly timings: Timings;
  readonly #sent: ExchangeRequest;
  #json: unknown;

  constructor(
    url: string,
    answer: Exchange,
    responseType: ResponseType,
    timings: Timings,
    cookies: readonly Cookie[],
    sent: ExchangeRequest,
  ) {
    this.url = url;
    this.status = answer.status;
    this.status_text = answer.statusText;
    this.proto = answer.error ? '' : 'HTTP/1.1';
    this.headers = answer.headers;
    this.cookies = {};
    for (const cookie of cookies) (this.cookies[cookie.name] ??= []).push(cookie);
    this.body = responseType === 'none' ? null : bodyOf(answer, responseType);
    this.error = answer.error?.message ?? '';
    this.error_code = answer.error?.code ?? (answer.status >= 400 ? 1_000 + answer.status : 0);
    this.timings = timings;
    this.#sent = sent;
  }

  /** Made when it is asked for: mostly nobody does. */
  get request(): SentRequest {
    const { method, url, headers, body } = this.#sent;
    return {
      method,
      url: url.href,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      body: body === null ? '' : Buffer.from(body).toString('utf8'),
    };
  }

  json(selector?: string): unknown {
    if (typeof this.body !== 'string') throw new ScriptError('response.json()', 'the answer has no text');
    this.#json ??= JSON.parse(this.body);
    return selector === undefined ? this.#json : select(this.#json, selector);
  }
}

// Without an answer k6's body is null for either type.
function bodyOf(answer: Exchange, responseType: 'text' | 'binary'): string | ArrayBuffer | null {
  if (answer.error) return null;
  const bytes = decoded(answer);
  if (responseType === 'binary') return new Uint8Array(bytes).buffer;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

const decoders: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
};

function decoded({ body, headers }: Exchange): Uint8Array {
  const encoding = headers['Content-Encoding'];
  if (encoding === undefined || body.byteLength === 0) return body;
  return encoding
    .split(',')
    .toReversed()
    .reduce((bytes, name) => decoders[name.trim().toLowerCase()]?.(bytes) ?? bytes, body);
}

const refused = [
  'clickLink',
  'html',
  'ocsp',
  'remote_ip',
  'remote_port',
  'submitForm',
  'tls_cipher_suite',
  'tls_version',
];
for (const name of refused) {
  Object.defineProperty(K6Response.prototype, name, {
    get: () => {
      throw new UnsupportedError(`response.${name}`, 'run the script with k6');
    },
  });
}
