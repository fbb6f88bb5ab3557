import { types } from 'node:util';
import { userAgent } from '../../../core/userAgent.ts';
import { ScriptError, UnsupportedError } from '../../errors.ts';
import { durationMs } from '../duration.ts';
import { exchange, type Exchange } from '../transport.ts';
import { metadataOf, requireIteration, tagsOf, type VirtualUserState } from '../virtualUser.ts';
import { k6Module } from './refuse.ts';
import { K6Response, type ResponseType, type Timings } from './response.ts';

/** Which statuses a request calls good; made by `http.expectedStatuses`. */
class ExpectedStatuses {
  readonly #ranges: readonly { min: number; max: number }[];
  constructor(ranges: readonly (number | { min: number; max: number })[]) {
    this.#ranges = ranges.map((range) => (typeof range === 'number' ? { min: range, max: range } : range));
  }
  has(status: number): boolean {
    return this.#ranges.some(({ min, max }) => status >= min && status <= max);
  }
}

interface Params {
  headers: Record<string, string>;
  tags: Record<string, string>;
  timeoutMs: number;
  responseType: ResponseType;
  expected: ExpectedStatuses;
}

const blocking = ['batch', 'del', 'get', 'head', 'options', 'patch', 'post', 'put', 'request'];
const useAsync = Object.fromEntries(blocking.map((name) => [name, 'use http.asyncRequest']));

/** The module `k6/http`: `asyncRequest` and what goes with it. */
export function http(state: VirtualUserState): Record<string, unknown> {
  let defaultExpected = new ExpectedStatuses([{ min: 200, max: 399 }]);
  return k6Module(
    'k6/http',
    {
      asyncRequest: async (method: string, url: unknown, body?: unknown, params?: unknown) => {
        requireIteration(state, 'http.asyncRequest');
        return await send(state, method, url, body, readParams(params, defaultExpected));
      },
      expectedStatuses: (...ranges: (number | { min: number; max: number })[]) =>
        new ExpectedStatuses(ranges),
      setResponseCallback: (expected: unknown) => {
        defaultExpected = asExpected(expected);
      },
    },
    [...blocking, 'CookieJar', 'FileData', 'cookieJar', 'file', 'url'],
    useAsync,
  );
}

function asExpected(value: unknown): ExpectedStatuses {
  if (value instanceof ExpectedStatuses) return value;
  throw new UnsupportedError('http responseCallback', 'use http.expectedStatuses(…)');
}

function readParams(params: unknown, defaultExpected: ExpectedStatuses): Params {
  const read: Params = {
    headers: {},
    tags: {},
    timeoutMs: 60_000,
    responseType: 'text',
    expected: defaultExpected,
  };
  for (const [name, value] of Object.entries((params ?? {}) as Record<string, unknown>)) {
    switch (name) {
      case 'headers':
        read.headers = { ...(value as Record<string, string>) };
        break;
      case 'tags':
        read.tags = { ...(value as Record<string, string>) };
        break;
      case 'timeout': {
        const timeoutMs = durationMs(value);
        if (timeoutMs === undefined)
          throw new ScriptError(
            'http.asyncRequest',
            `timeout "${String(value)}": expected a duration such as "10s"`,
          );
        read.timeoutMs = timeoutMs;
        break;
      }
      case 'responseType':
        if (value !== 'text' && value !== 'none' && value !== 'binary') {
          throw new ScriptError(
            'http.asyncRequest',
            `responseType "${String(value)}": expected text, binary or none`,
          );
        }
        read.responseType = value;
        break;
      case 'responseCallback':
        read.expected = asExpected(value);
        break;
      default:
        throw new UnsupportedError(`http params.${name}`, 'leave it out or run the script with k6');
    }
  }
  return read;
}

function bodyBytes(body: unknown): Buffer | null {
  if (body === undefined || body === null) return null;
  if (typeof body === 'string') return Buffer.from(body);
  if (types.isAnyArrayBuffer(body)) return Buffer.from(body);
  throw new UnsupportedError('http form bodies', 'encode the body as a string');
}

/** As k6 does, by its own name. */
const named = { 'user-agent': userAgent('engine') };

const namesItself = (headers: Params['headers']): boolean =>
  Object.keys(headers).some((name) => name.toLowerCase() === 'user-agent');

async function send(
  state: VirtualUserState,
  method: string,
  url: unknown,
  body: unknown,
  params: Params,
): Promise<K6Response> {
  const parsed = typeof url === 'string' ? URL.parse(url) : null;
  if (typeof url !== 'string' || parsed === null) {
    throw new ScriptError('http.asyncRequest', `cannot request "${String(url)}": expected an absolute URL`);
  }
  const { host } = state;
  const startMs = host.now();
  const request = {
    method: method.toUpperCase(),
    url: parsed,
    headers: { ...(namesItself(params.headers) ? {} : named), ...params.headers },
    body: bodyBytes(body),
    timeoutMs: params.timeoutMs,
  };
  const answer = await exchange(host.dispatcher, request, host.now, host.signal);
  if (answer.headers['Set-Cookie'] !== undefined) {
    throw new UnsupportedError(`a cookie set by ${request.url.origin}`, 'run the script with k6');
  }
  const timings = timingsOf(answer, startMs);
  emitTrail(state, request.method, url, params, answer, timings);
  return new K6Response(url, answer, params.responseType, timings);
}

function timingsOf(answer: Exchange, startMs: number): Timings {
  return {
    blocked: answer.connectedMs - startMs,
    connecting: 0,
    tls_handshaking: 0,
    sending: 0,
    waiting: answer.firstByteMs - answer.connectedMs,
    receiving: answer.endMs - answer.firstByteMs,
    duration: answer.endMs - answer.connectedMs,
  };
}

/** The points of one request, in k6's order. */
function emitTrail(
  state: VirtualUserState,
  method: string,
  url: string,
  params: Params,
  answer: Exchange,
  timings: Timings,
): void {
  const expected = params.expected.has(answer.status);
  const name = params.tags['name'] ?? url;
  const tags: Record<string, string> = {
    ...tagsOf(state),
    ...params.tags,
    name,
    url: name,
    method,
    status: String(answer.status),
    expected_response: String(expected),
  };
  if (answer.error) {
    tags['error'] = answer.error.message;
    tags['error_code'] = String(answer.error.code);
  } else if (answer.status >= 400) {
    tags['error_code'] = String(1_000 + answer.status);
  }
  const { emit } = state.host;
  const timeMs = answer.endMs;
  const metadata = metadataOf(state);
  const say = (metric: string, value: number): void => emit({ metric, timeMs, value, tags, metadata });
  say('http_reqs', 1);
  say('http_req_duration', timings.duration);
  say('http_req_blocked', timings.blocked);
  say('http_req_connecting', timings.connecting);
  say('http_req_tls_handshaking', timings.tls_handshaking);
  say('http_req_sending', timings.sending);
  say('http_req_waiting', timings.waiting);
  say('http_req_receiving', timings.receiving);
  say('http_req_failed', expected ? 0 : 1);
}
