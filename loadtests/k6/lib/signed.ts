/**
 * The door for k6 scripts of one's own whose API is authorised by IAM: requests are signed with Signature Version 4, by k6's
 * own hashes. Any k6 loads it, and so does the embedded engine.
 *
 *   import http from 'k6/http';
 *   import { signed } from '<where Headroom is>/loadtests/k6/lib/signed.ts';
 *
 *   const { url, headers } = signed('GET', `${__ENV.HEADROOM_URL}/orders/17?fields=item`);
 *   http.get(url, { headers });
 */
import { hashes } from './api.ts';
import { signerFromEnvironment } from './environment.ts';
import { queryString, signedHeaders, type Credentials } from './sigv4.ts';

export interface SigningOptions {
  /** As it is sent, text alone; none where left out. */
  body?: string;
  /** Of the request; they are sent, and not signed. */
  headers?: Readonly<Record<string, string>>;
  /** Name of the service in the signature: API Gateway's where left out. */
  service?: string;
  /** `HEADROOM_REGION` where left out. */
  region?: string;
  /** Those of `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN` where left out. */
  credentials?: Credentials;
}

/** What to send in place of what was asked for. */
export interface SignedRequest {
  /** Its query is encoded and sorted as it is signed. */
  url: string;
  headers: Record<string, string>;
}

/**
 * Signs a request as of now: send it at once, since AWS takes a signature for five minutes.
 * @param url absolute, percent-encoded, with its query
 * @throws Error for a URL that is not, and naming a variable that is missing
 */
export function signed(method: string, url: string, options: SigningOptions = {}): SignedRequest {
  const [address, search] = splitOnce(url, '?');
  const query = search
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): [string, string] => {
      const [name, value] = splitOnce(pair, '=');
      return [decoded(name, url), decoded(value, url)];
    });
  const { body = '', headers = {}, service = 'execute-api' } = options;
  const { region, credentials } =
    options.region !== undefined && options.credentials !== undefined
      ? { region: options.region, credentials: options.credentials }
      : { ...signerFromEnvironment(), ...options };
  const request = { method: method.toUpperCase(), url: address, query, body, region, service };
  return {
    url: query.length === 0 ? address : `${address}?${queryString(query)}`,
    headers: { ...headers, ...signedHeaders(hashes, request, credentials, Date.now()) },
  };
}

function splitOnce(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

function decoded(text: string, url: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new Error(`cannot sign "${url}": its query is not percent-encoded`, { cause: error });
  }
}
