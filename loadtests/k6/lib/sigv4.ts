/**
 * Signature Version 4, as API Gateway with IAM authorisation asks for it. Imports nothing, so that k6 and Node
 * load the same file; each passes its own hashes.
 */
export interface SigningHashes {
  /** SHA-256 of the text's UTF-8, in lower-case hexadecimal. */
  sha256Hex(text: string): string;
  hmac(key: string | ArrayBuffer, text: string): ArrayBuffer;
  hmacHex(key: ArrayBuffer, text: string): string;
}

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** Of temporary credentials. */
  sessionToken?: string;
}

/** Parameters by name, or in pairs where a name has several values. */
export type Query = Readonly<Record<string, string>> | readonly (readonly [name: string, value: string])[];

export interface RequestToSign {
  method: string;
  /** Scheme, host and path, as sent; no query, no `.` or `..` segments. */
  url: string;
  query: Query;
  body: string;
  region: string;
  service: string;
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const isPairs = (query: Query): query is readonly (readonly [string, string])[] => Array.isArray(query);

/** The query string as it is sent and as it is signed: encoded, sorted; empty without parameters. */
export function queryString(query: Query): string {
  const pairs: readonly (readonly [string, string])[] = isPairs(query) ? query : Object.entries(query);
  return pairs
    .map(([name, value]) => ({ key: encode(name), value: encode(value) }))
    .sort((a, b) => byCodeUnit(a.key, b.key) || byCodeUnit(a.value, b.value))
    .map(({ key, value }) => `${key}=${value}`)
    .join('&');
}

// Deriving the key costs four hashes; it changes once a day.
let cachedKey: { scope: string; key: ArrayBuffer } | undefined;

function signingKey(
  hashes: SigningHashes,
  secretAccessKey: string,
  date: string,
  region: string,
  service: string,
): ArrayBuffer {
  const scope = `${date}/${region}/${service}/${secretAccessKey}`;
  if (cachedKey && cachedKey.scope === scope) return cachedKey.key;
  let key = hashes.hmac(`AWS4${secretAccessKey}`, date);
  for (const part of [region, service, 'aws4_request']) key = hashes.hmac(key, part);
  cachedKey = { scope, key };
  return key;
}

/**
 * The headers to send with a request. `Host` is signed but not among them: the HTTP client sets it.
 * @throws Error when the URL is not absolute.
 */
export function signedHeaders(
  hashes: SigningHashes,
  request: RequestToSign,
  credentials: Credentials,
  atMs: number,
): Record<string, string> {
  const url = /^https?:\/\/([^/?#]+)([^?#]*)$/.exec(request.url);
  if (!url) throw new Error(`cannot sign "${request.url}": expected http(s)://host/path without a query`);
  const instant = new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, '');
  const date = instant.slice(0, 8);

  const headers: Record<string, string> = { host: url[1] as string, 'x-amz-date': instant };
  if (credentials.sessionToken) headers['x-amz-security-token'] = credentials.sessionToken;
  const names = Object.keys(headers).sort(byCodeUnit);
  const signed = names.join(';');

  // Every service but S3 signs the path encoded once more than it is sent.
  const path = (url[2] || '/').split('/').map(encode).join('/');
  const canonical = [
    request.method,
    path,
    queryString(request.query),
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    signed,
    hashes.sha256Hex(request.body),
  ].join('\n');
  const scope = `${date}/${request.region}/${request.service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', instant, scope, hashes.sha256Hex(canonical)].join('\n');
  const key = signingKey(hashes, credentials.secretAccessKey, date, request.region, request.service);
  const signature = hashes.hmacHex(key, toSign);

  delete headers['host'];
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
  return headers;
}
