import { ScriptError, UnsupportedError } from '../../errors.ts';
import type { Exchange } from '../transport.ts';

export type ResponseType = 'text' | 'binary' | 'none';

/**
 * Milliseconds, under k6's names. `blocked` begins at the iteration's intended start for its first request.
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

/** An answer as k6 scripts see it; status 0 and an `error` when there was none. */
export class K6Response {
  readonly url: string;
  readonly status: number;
  readonly status_text: string;
  readonly headers: Record<string, string>;
  readonly body: string | ArrayBuffer | null;
  readonly error: string;
  readonly error_code: number;
  readonly timings: Timings;

  constructor(url: string, answer: Exchange, responseType: ResponseType, timings: Timings) {
    this.url = url;
    this.status = answer.status;
    this.status_text = answer.statusText;
    this.headers = answer.headers;
    this.body = responseType === 'none' ? null : bodyOf(answer, responseType);
    this.error = answer.error?.message ?? '';
    this.error_code = answer.error?.code ?? (answer.status >= 400 ? 1_000 + answer.status : 0);
    this.timings = timings;
  }

  json(selector?: string): unknown {
    if (selector !== undefined)
      throw new UnsupportedError('response.json(selector)', 'select from response.json()');
    if (typeof this.body !== 'string') throw new ScriptError('response.json()', 'the answer has no text');
    return JSON.parse(this.body);
  }
}

// Without an answer k6's body is null for either type.
function bodyOf({ body, error }: Exchange, responseType: 'text' | 'binary'): string | ArrayBuffer | null {
  if (error) return null;
  return responseType === 'text' ? body.toString('utf8') : new Uint8Array(body).buffer;
}

const refused = [
  'clickLink',
  'cookies',
  'html',
  'ocsp',
  'proto',
  'remote_ip',
  'remote_port',
  'request',
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
