import { userAgent } from '../../../core/userAgent.ts';
import { ScriptError } from '../../errors.ts';
import type { CookieJar } from '../cookieJar.ts';
import type { Exchange, ExchangeRequest } from '../transport.ts';
import { metadataOf, tagsOf, type VirtualUserState } from '../virtualUser.ts';
import type { Params } from './params.ts';
import { bodyOf } from './requestBody.ts';
import { K6Response, type Timings } from './response.ts';

/** A request as a script asks for it. */
export interface Call {
  /** The function called, for what is wrong. */
  api: string;
  method: string;
  url: unknown;
  body: unknown;
  params: Params;
}

/** What ``http.url`…` `` makes: a URL whose parts do not go into the request's name. */
export interface NamedUrl {
  url: string;
  name: string;
}

/** As k6 does, by its own name. */
const ownName = userAgent('engine');

/**
 * A request and the redirects that it follows, each of which is measured: yields what is to be sent, is given
 * what came of it.
 * @throws ScriptError for what cannot be sent
 */
export function* exchanges(
  state: VirtualUserState,
  { api, method, url, body, params }: Call,
): Generator<ExchangeRequest, K6Response, Exchange> {
  const { host, http } = state;
  const asked = urlOf(api, url);
  const jar = params.jar ?? state.jar;
  const { bytes, type } = bodyOf(api, body);
  const headers = { ...params.headers };
  if (type !== undefined && !names(headers, 'content-type')) headers['Content-Type'] = type;
  if (!names(headers, 'user-agent')) headers['user-agent'] = http.userAgent ?? ownName;
  let request: ExchangeRequest = {
    method: method.toUpperCase(),
    url: asked.url,
    headers,
    body: bytes,
    timeoutMs: params.timeoutMs,
  };
  for (let left = params.redirects; ; left -= 1) {
    const sent = withCookies(withCredentials(request), jar, params.cookies, host.now());
    const answer = yield sent;
    const timings = timingsOf(answer);
    const name = request.url === asked.url ? asked.name : request.url.href;
    emitTrail(state, request.method, name, params, answer, timings);
    const set = answer.setCookies.flatMap((each) => jar.take(request.url, each, host.now()) ?? []);
    const next = left > 0 && !answer.error ? redirected(request, answer) : null;
    if (next) {
      request = next;
      continue;
    }
    const { href } = request.url;
    if (answer.error && params.throws) throw new ScriptError(api, answer.error.message);
    return new K6Response(href, answer, params.responseType, timings, set, sent);
  }
}

function urlOf(api: string, url: unknown): { url: URL; name: string } {
  const given =
    typeof url === 'object' && url !== null && 'url' in url && 'name' in url
      ? (url as NamedUrl)
      : { url, name: url };
  const parsed = typeof given.url === 'string' ? URL.parse(given.url) : null;
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    throw new ScriptError(api, `cannot request "${String(given.url)}": expected an absolute URL`);
  return { url: parsed, name: withoutCredentials(String(given.name), parsed) };
}

/** No password goes into a metric's tags. */
const withoutCredentials = (text: string, { username, password }: URL): string =>
  username === '' && password === '' ? text : text.replace(/\/\/[^/?#]*@/, '//****:****@');

const names = (headers: Readonly<Record<string, string>>, name: string): boolean =>
  Object.keys(headers).some((each) => each.toLowerCase() === name);

function withCredentials(request: ExchangeRequest): ExchangeRequest {
  const { username, password } = request.url;
  if ((username === '' && password === '') || names(request.headers, 'authorization')) return request;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  return { ...request, headers: { ...request.headers, authorization } };
}

function withCookies(
  request: ExchangeRequest,
  jar: CookieJar,
  own: Params['cookies'],
  nowMs: number,
): ExchangeRequest {
  const kept = jar.for(request.url, nowMs);
  if (kept.length === 0 && own.length === 0) return request;
  const replaced = new Set(own.flatMap(({ name, replace }) => (replace ? [name] : [])));
  const all = [...kept.filter(({ name }) => !replaced.has(name)), ...own];
  const cookie = all.map(({ name, value }) => `${name}=${value}`).join('; ');
  return { ...request, headers: { ...request.headers, cookie } };
}

/** Where an answer sends on; null where it does not. */
function redirected(request: ExchangeRequest, { status, headers }: Exchange): ExchangeRequest | null {
  const { Location: location } = headers;
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return null;
  const url = URL.parse(location, request.url.href);
  if (!url) return null;
  const isSameHost = url.hostname === request.url.hostname;
  const keeps = (name: string): boolean =>
    isSameHost || !['authorization', 'cookie', 'www-authenticate'].includes(name.toLowerCase());
  const kept = Object.fromEntries(Object.entries(request.headers).filter(([name]) => keeps(name)));
  if (status === 307 || status === 308) return { ...request, url, headers: kept };
  const isOfBody = (name: string): boolean => /^content-(type|length|encoding)$/i.test(name);
  return {
    ...request,
    url,
    method: request.method === 'HEAD' ? 'HEAD' : 'GET',
    headers: Object.fromEntries(Object.entries(kept).filter(([name]) => !isOfBody(name))),
    body: null,
  };
}

function timingsOf(answer: Exchange): Timings {
  return {
    blocked: answer.connectedMs - answer.startMs,
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
  const expected = params.expected?.has(answer.status);
  const name = params.tags['name'] ?? url;
  const tags: Record<string, string> = {
    ...tagsOf(state),
    ...params.tags,
    name,
    url: name,
    method,
    status: String(answer.status),
  };
  if (expected !== undefined) tags['expected_response'] = String(expected);
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
  if (expected !== undefined) say('http_req_failed', expected ? 0 : 1);
}
