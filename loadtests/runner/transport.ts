import type { Dispatcher } from 'undici';

/** What went wrong, in k6's numbering. */
export interface ExchangeError {
  message: string;
  code: number;
}

/** One request and its answer, with the instants (milliseconds since the epoch) that k6's timings come from. */
export interface Exchange {
  status: number;
  statusText: string;
  headers: Record<string, string>;
  /** Each as it came: joined nobody could tell them apart. */
  setCookies: readonly string[];
  body: Uint8Array;
  error: ExchangeError | null;
  /** When it was asked for here. */
  startMs: number;
  /** When a connection was free for it. */
  connectedMs: number;
  firstByteMs: number;
  endMs: number;
}

export interface ExchangeRequest {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: Uint8Array | null;
  timeoutMs: number;
}

/** The requests of one virtual user: its iteration may be given up. */
export class UnderWay {
  readonly #interrupts = new Set<() => void>();
  #interrupted = false;

  get interrupted(): boolean {
    return this.#interrupted;
  }

  add(interrupt: () => void): void {
    this.#interrupts.add(interrupt);
  }

  delete(interrupt: () => void): void {
    this.#interrupts.delete(interrupt);
  }

  /** Ends those that are under way, and each that comes, without an answer. */
  interrupt(): void {
    this.#interrupted = true;
    for (const interrupt of this.#interrupts) interrupt();
  }
}

const interrupted: ExchangeError = { message: 'interrupted: the run was stopped', code: 1000 };

/** What a request comes to that was given up before it was sent. */
const interruptedExchange = (atMs: number): Exchange => ({
  status: 0,
  statusText: '',
  headers: {},
  setCookies: [],
  body: new Uint8Array(0),
  error: interrupted,
  startMs: atMs,
  connectedMs: atMs,
  firstByteMs: atMs,
  endMs: atMs,
});

/**
 * Sends a request on a kept-alive connection and waits for the whole answer. Never rejects: a request
 * without an answer has an `error` and status 0.
 * @param underWay where it is ended without an answer
 */
export function exchange(
  dispatcher: Dispatcher,
  request: ExchangeRequest,
  now: () => number,
  underWay: UnderWay,
): Promise<Exchange> {
  return new Promise((resolve) => {
    const startMs = now();
    if (underWay.interrupted) return resolve(interruptedExchange(startMs));
    let controller: Dispatcher.DispatchController | undefined;
    let connectedMs: number | undefined;
    let firstByteMs: number | undefined;
    let head = {
      status: 0,
      statusText: '',
      headers: {} as Record<string, string>,
      setCookies: [] as readonly string[],
    };
    const chunks: Buffer[] = [];
    let done = false;

    const finish = (error: ExchangeError | null): void => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      underWay.delete(interrupt);
      const endMs = now();
      resolve({
        ...(error ? { status: 0, statusText: '', headers: {}, setCookies: [] } : head),
        body: error ? Buffer.alloc(0) : Buffer.concat(chunks),
        error,
        startMs,
        connectedMs: connectedMs ?? endMs,
        firstByteMs: firstByteMs ?? endMs,
        endMs,
      });
    };
    const giveUp = (error: ExchangeError): void => {
      finish(error);
      controller?.abort(new Error(error.message));
    };
    const interrupt = (): void => giveUp(interrupted);
    const timer = setTimeout(() => giveUp({ message: 'request timeout', code: 1050 }), request.timeoutMs);
    underWay.add(interrupt);

    dispatcher.dispatch(
      {
        origin: request.url.origin,
        path: request.url.pathname + request.url.search,
        method: request.method,
        headers: request.headers,
        body: request.body,
      },
      {
        onRequestStart: (started) => {
          controller = started;
          // Given up while it still waited for a connection.
          if (done) started.abort(new Error('given up'));
          connectedMs ??= Math.max(startMs, now());
        },
        onResponseStart: (_controller, status, headers, statusText = '') => {
          firstByteMs = now();
          head = {
            status,
            statusText: `${status} ${statusText}`.trim(),
            headers: canonical(headers),
            setCookies: [headers['set-cookie'] ?? []].flat(),
          };
        },
        onResponseData: (_controller, chunk) => {
          chunks.push(chunk);
        },
        onResponseEnd: () => finish(null),
        onResponseError: (_controller, error) => finish(k6Error(error)),
      },
    );
  });
}

/** Names of headers as Go writes them, by how they came: an API answers with the same few each time. */
const canonicalNames = new Map<string, string>();
/** What an API that makes up names may take of memory. */
const namesKept = 1_000;

/** Go writes `Content-Type`, and joins repeated headers: scripts written for k6 expect that. */
function canonical(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name in headers) {
    let canonicalName = canonicalNames.get(name);
    if (canonicalName === undefined) {
      canonicalName = name.replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
      if (canonicalNames.size < namesKept) canonicalNames.set(name, canonicalName);
    }
    const value = headers[name];
    result[canonicalName] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  }
  return result;
}

const codes: Record<string, number> = {
  ECONNREFUSED: 1212,
  UND_ERR_CONNECT_TIMEOUT: 1211,
  ETIMEDOUT: 1211,
  ECONNRESET: 1220,
  EPIPE: 1221,
  UND_ERR_SOCKET: 1220,
  ENOTFOUND: 1101,
  EAI_AGAIN: 1101,
};

function k6Error(error: Error): ExchangeError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return { message: error.message || code, code: codes[code] ?? 1000 };
}
