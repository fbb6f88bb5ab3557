import { check } from 'k6';
import crypto from 'k6/crypto';
import http from 'k6/http';
import type { RefinedResponse } from 'k6/http';
import type { LoadRequest } from '../../../fleet/serviceLoad.ts';
import type { Target } from './target.ts';
import { queryString, signedHeaders, type Credentials, type SigningHashes } from './sigv4.ts';

export type Answer = RefinedResponse<'text'>;
export type Checks = Readonly<Record<string, (answer: Answer) => boolean>>;

/** What requests are signed with. */
export interface Signer {
  region: string;
  credentials: Credentials;
}

export interface Call extends Omit<LoadRequest, 'isRight'> {
  /** What the call is signed with, as far as the target's callers sign; left out, nothing shows who calls. */
  signer?: Signer;
  /** Spoils the signature and the target's own headers, to see them refused. */
  tamper?: boolean;
}

// API Gateway gives up at 29 s; a client that waits 10 s has had its answer: no.
export const timeout = '10s';

export const hashes: SigningHashes = {
  sha256Hex: (text) => crypto.sha256(text, 'hex'),
  hmac: (key, text) => crypto.hmac('sha256', key, text, 'binary'),
  hmacHex: (key, text) => crypto.hmac('sha256', key, text, 'hex'),
};

/** Another last character of each. */
function tampered(headers: Record<string, string>, names: readonly string[]): Record<string, string> {
  const spoilt = { ...headers };
  for (const name of names) {
    const value = headers[name] ?? '';
    spoilt[name] = value.slice(0, -1) + (value.endsWith('0') ? '1' : '0');
  }
  return spoilt;
}

/** Sends the call and runs the checks on its answer, all under the call's name. */
export async function call(
  target: Pick<Target, 'url' | 'headers' | 'adopted'>,
  request: Call,
  checks: Checks,
): Promise<void> {
  const { name, method = 'GET', query = {}, body } = request;
  const url = target.url + request.path;
  const search = queryString(query);
  let headers: Record<string, string> = {};
  if (request.signer) {
    const { headers: shown = {} } = target;
    if (!target.adopted || !target.headers) {
      const { region, credentials } = request.signer;
      headers = signedHeaders(
        hashes,
        { method, url, query, body: body ?? '', region, service: 'execute-api' },
        credentials,
        Date.now(),
      );
    }
    headers = { ...headers, ...shown };
    if (request.tamper) headers = tampered(headers, ['authorization', ...Object.keys(shown)]);
  }
  if (body !== undefined) headers['content-type'] = 'application/json';
  const answer = await http.asyncRequest(method, search === '' ? url : `${url}?${search}`, body ?? null, {
    headers,
    tags: { name },
    timeout,
    responseType: 'text',
    responseCallback: http.expectedStatuses(...request.statuses),
  });
  check(answer, { ...checks }, { name });
}

export const hasStatus = (statuses: readonly number[]): Checks => ({
  [`status is ${statuses.join(' or ')}`]: (answer) => statuses.includes(answer.status),
});

/** By the service's own check of the whole answer, where it has one. */
export const isAsAsked = (isRight: LoadRequest['isRight']): Checks =>
  isRight ? { 'body is the one asked for': isRight } : {};

/** The body as an object; undefined when it is anything else. */
export function bodyOf(answer: Answer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(answer.body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
