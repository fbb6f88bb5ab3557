import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

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
  /** Another secret key, or the request was changed after it was signed. */
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
export async function verifySignature(request: SignedRequest): Promise<Verification> {
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
  if (Math.abs(request.nowMs - signedAtMs) > maximumSkewMs || scope.date !== date.slice(0, 8)) {
    return refusal('RequestExpired', `Signature expired or not yet valid: signed at ${date}`);
  }
  const expected = await sign(request, authorization, signedAtMs);
  if (expected && timingSafeEqual(Buffer.from(expected, 'hex'), Buffer.from(signature, 'hex'))) {
    return { ok: true, scope };
  }
  return refusal(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  );
}

const refusal = (error: SignatureError, message: string): Verification => ({ ok: false, error, message });

/** The signature our key gives the request, or undefined when its own payload hash is already wrong. */
async function sign(
  request: SignedRequest,
  { scope, signedHeaders }: Authorization,
  signedAtMs: number,
): Promise<string | undefined> {
  // The signer believes this header instead of hashing the body, so the body is compared with it here.
  const declaredHash = single(request.headers['x-amz-content-sha256']);
  if (declaredHash !== undefined) {
    const actualHash = createHash('sha256').update(request.body).digest('hex');
    if (declaredHash !== actualHash) return undefined;
  }
  const headers: Record<string, string> = {};
  for (const name of signedHeaders) {
    const value = request.headers[name];
    if (value === undefined) return undefined;
    headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  // Present but unsigned, it must still not enter the canonical headers.
  const unsignableHeaders = new Set<string>();
  if (declaredHash !== undefined && !signedHeaders.includes('x-amz-content-sha256')) {
    headers['x-amz-content-sha256'] = declaredHash;
    unsignableHeaders.add('x-amz-content-sha256');
  }
  const signer = new SignatureV4({
    credentials: request.credentials,
    region: scope.region,
    service: scope.service,
    sha256: NodeSha256,
    applyChecksum: false,
  });
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: 'http:',
      hostname: '',
      path: request.path,
      query: parseQuery(request.query),
      headers,
      body: request.body,
    },
    { signingDate: new Date(signedAtMs), signableHeaders: new Set(signedHeaders), unsignableHeaders },
  );
  return parseAuthorization(signed.headers['authorization'] ?? '')?.signature;
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

function parseAmzDate(date: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}

function parseQuery(query: string): Record<string, string | string[]> {
  const parameters = new Map<string, string[]>();
  // Not URLSearchParams, which reads "+" as a space: clients sign the character itself.
  for (const pair of query.split('&').filter(Boolean)) {
    const [name = '', value = ''] = pair.split(/=(.*)/s).map(decode);
    parameters.set(name, [...(parameters.get(name) ?? []), value]);
  }
  return Object.fromEntries(parameters);
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

/** The signer's hash interface over node:crypto; with a key it is an HMAC. */
class NodeSha256 {
  readonly #hash;

  constructor(secret?: SourceData) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', toBytes(secret));
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error('a hash is made anew for every signature');
  }
}

type SourceData = string | ArrayBuffer | ArrayBufferView;

const toBytes = (data: SourceData): string | Uint8Array =>
  typeof data === 'string'
    ? data
    : ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data);
