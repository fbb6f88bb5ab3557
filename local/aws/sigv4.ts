import { createHmac, createSecretKey, hash, timingSafeEqual, type KeyObject } from 'node:crypto';

/** The one key pair a stage on this machine accepts. */
export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
}

export interface SignedRequest {
  method: string;
  /** Path as it came over the wire, still percent-encoded, without the query. */
  path: string;
  /** Query string as it came over the wire, without the question mark. */
  query: string;
  /** Names in lower case, as node:http gives them. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Uint8Array;
  credentials: AwsCredentials;
  nowMs: number;
}

export type SignatureError =
  /** No `Authorization: AWS4-HMAC-SHA256 …`; a signature in the query string is not accepted either. */
  | 'MissingAuthenticationToken'
  /** The header has not the form AWS documents, or leaves `host` or the date unsigned. */
  | 'IncompleteSignature'
  /** Not the stage's access key. */
  | 'InvalidClientTokenId'
  /** Signed more than five minutes from now. */
  | 'RequestExpired'
  /** Another secret key or day, or the request was changed after it was signed. */
  | 'SignatureDoesNotMatch';

/** What a request says of itself in its credential scope; believe it only after `verifySignature`. */
export interface SigningScope {
  accessKeyId: string;
  /** `YYYYMMDD` */
  date: string;
  region: string;
  service: string;
}

export type Verification =
  | { ok: true; scope: SigningScope }
  | { ok: false; error: SignatureError; message: string };

/** How far a client's clock may be from ours, as on AWS. */
const maximumSkewMs = 5 * 60_000;

interface Authorization {
  scope: SigningScope;
  signedHeaders: string[];
  signature: string;
}

const authorizationPattern =
  /^AWS4-HMAC-SHA256\s+Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;

/** The credential scope of an `Authorization` header, or undefined when it carries none. */
export function signingScope(authorization: string | undefined): SigningScope | undefined {
  return parseAuthorization(authorization ?? '')?.scope;
}

/**
 * Checks a request's AWS Signature Version 4 by signing it again with the stage's key and comparing.
 * Says what is wrong in AWS's own error codes; each front maps them to its own answer.
 */
export function verifySignature(request: SignedRequest): Verification {
  const header = single(request.headers['authorization']);
  if (!header?.startsWith('AWS4-HMAC-SHA256')) {
    return refusal('MissingAuthenticationToken', 'Missing Authentication Token');
  }
  const authorization = parseAuthorization(header);
  const date = single(request.headers['x-amz-date']) ?? '';
  const signedAtMs = parseAmzDate(date);
  if (!authorization || signedAtMs === undefined) {
    return refusal(
      'IncompleteSignature',
      'expected "Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…" and X-Amz-Date',
    );
  }
  const { scope, signedHeaders, signature } = authorization;
  if (!signedHeaders.includes('host') || !signedHeaders.includes('x-amz-date')) {
    return refusal('IncompleteSignature', 'expected SignedHeaders to contain host and x-amz-date');
  }
  if (scope.accessKeyId !== request.credentials.accessKeyId) {
    return refusal('InvalidClientTokenId', 'The security token included in the request is invalid.');
  }
  if (scope.date !== date.slice(0, 8)) {
    return refusal(
      'SignatureDoesNotMatch',
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope.date}' != '${date.slice(0, 8)}'`,
    );
  }
  const skewMs = request.nowMs - signedAtMs;
  if (Math.abs(skewMs) > maximumSkewMs) {
    const now = amzDate(request.nowMs);
    return refusal(
      'RequestExpired',
      skewMs > 0
        ? `Signature expired: ${date} is now earlier than ${amzDate(request.nowMs - maximumSkewMs)} (${now} - 5 min.)`
        : `Signature not yet current: ${date} is still later than ${amzDate(request.nowMs + maximumSkewMs)} (${now} + 5 min.)`,
    );
  }
  const expected = sign(request, authorization, date);
  if (expected && timingSafeEqual(Buffer.from(expected, 'hex'), Buffer.from(signature, 'hex'))) {
    return { ok: true, scope };
  }
  return refusal(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  );
}

const refusal = (error: SignatureError, message: string): Verification => ({ ok: false, error, message });

/**
 * The signature our key gives the request, or undefined when its own payload hash is already wrong. Not by the
 * SDK's signer: it derives the day's key anew for each request, and would be the dearest part of serving one.
 */
function sign(
  request: SignedRequest,
  { scope, signedHeaders }: Authorization,
  signedAt: string,
): string | undefined {
  const bodyHash = request.body.length === 0 ? hashOfNothing : sha256(request.body);
  const declaredHash = single(request.headers['x-amz-content-sha256']) ?? bodyHash;
  if (declaredHash !== bodyHash) return undefined;
  const headers: string[] = [];
  for (const name of signedHeaders.toSorted(byCodeUnits)) {
    const value = single(request.headers[name]);
    if (value === undefined) return undefined;
    headers.push(`${name}:${value.trim().replaceAll(/\s+/g, ' ')}\n`);
  }
  const canonicalRequest = [
    request.method.toUpperCase(),
    canonicalPath(request.path),
    canonicalQuery(request.query),
    headers.join(''),
    signedHeaders.join(';'),
    bodyHash,
  ].join('\n');
  const credentialScope = `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
  const stringToSign = `AWS4-HMAC-SHA256\n${signedAt}\n${credentialScope}\n${sha256(canonicalRequest)}`;
  return hmac(signingKey(request.credentials.secretAccessKey, scope), stringToSign).digest('hex');
}

/** Keys of the scopes seen last: one a service and day. */
const signingKeys = new Map<string, KeyObject>();
const signingKeysKept = 50;

function signingKey(secretAccessKey: string, { date, region, service }: SigningScope): KeyObject {
  const id = [secretAccessKey, date, region, service].join('\n');
  let key = signingKeys.get(id);
  if (!key) {
    key = createSecretKey(`AWS4${secretAccessKey}`, 'utf8');
    for (const step of [date, region, service, 'aws4_request'])
      key = createSecretKey(hmac(key, step).digest());
    if (signingKeys.size === signingKeysKept) signingKeys.clear();
    signingKeys.set(id, key);
  }
  return key;
}

const sha256 = (data: string | Uint8Array): string => hash('sha256', data, 'hex');
const hashOfNothing = sha256('');
// With a key object: Node 24 takes seven times as long for a key in bytes.
const hmac = (key: KeyObject, data: string) => createHmac('sha256', key).update(data);
const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** As RFC 3986 says, and encodeURIComponent does not quite. */
const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** Without dots and empty parts, encoded once more than on the wire. */
function canonicalPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(encode(part));
  }
  return `/${parts.join('/')}${parts.length > 0 && path.endsWith('/') ? '/' : ''}`;
}

/** Sorted by name, then by value, each encoded. */
function canonicalQuery(query: string): string {
  // Not URLSearchParams, which reads "+" as a space: clients sign the character itself.
  const pairs = query
    .split('&')
    .filter(Boolean)
    .map((pair) => {
      const [name = '', value = ''] = pair.split(/=(.*)/s).map(decode);
      return { name: encode(name), pair: `${encode(name)}=${encode(value)}` };
    });
  return pairs
    .sort((a, b) => byCodeUnits(a.name, b.name) || byCodeUnits(a.pair, b.pair))
    .map(({ pair }) => pair)
    .join('&');
}

function parseAuthorization(header: string): Authorization | undefined {
  const match = authorizationPattern.exec(header);
  if (!match) return undefined;
  const [, accessKeyId = '', date = '', region = '', service = '', signedHeaders = '', signature = ''] =
    match;
  return {
    scope: { accessKeyId, date, region, service },
    signedHeaders: signedHeaders.split(';'),
    signature,
  };
}

const amzDate = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');

function parseAmzDate(date: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(',') : value;
