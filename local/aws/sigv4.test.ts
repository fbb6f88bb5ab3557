import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signingScope, verifySignature, type SignedRequest } from './sigv4.ts';

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const signedAtMs = Date.UTC(2026, 10, 3, 12, 0, 0);

/** A request signed by the SDK's own signer, as it arrives. */
async function signed(
  request: {
    method?: string;
    path?: string;
    query?: Record<string, string | string[]>;
    headers?: Record<string, string>;
    body?: string;
  } = {},
  secretAccessKey = credentials.secretAccessKey,
): Promise<SignedRequest> {
  const { method = 'GET', path = '/local/getItem', query = {}, headers = {}, body = '' } = request;
  const signer = new SignatureV4({
    credentials: { ...credentials, secretAccessKey },
    region: 'us-east-1',
    service: 'execute-api',
    sha256: Sha256,
  });
  const result = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: 'localhost',
      path,
      query,
      headers: { ...headers, host: '127.0.0.1:4566' },
      body,
    },
    { signingDate: new Date(signedAtMs) },
  );
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
  );
  return {
    method,
    path,
    query: pairs.join('&'),
    headers: result.headers,
    body: Buffer.from(body),
    credentials,
    nowMs: signedAtMs + 1_000,
  };
}

describe('verifySignature', () => {
  it('accepts what the SDK signs, and tells the scope', async () => {
    const request = await signed({ query: { item_id: '1' } });
    expect(verifySignature(request)).toEqual({
      ok: true,
      scope: { accessKeyId: 'AKIDEXAMPLE', date: '20261103', region: 'us-east-1', service: 'execute-api' },
    });
  });

  it('accepts any method, query and body that the SDK signs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
          path: fc
            .array(fc.string({ maxLength: 8 }))
            .map((parts) => `/${parts.map(encodeURIComponent).join('/')}`),
          query: fc.dictionary(
            fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }).filter((name) => name !== '__proto__'),
            fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string(), { minLength: 1, maxLength: 3 })),
            { maxKeys: 4 },
          ),
          body: fc.string(),
        }),
        async (request) => {
          expect(verifySignature(await signed(request))).toMatchObject({ ok: true });
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([
    ['names of which one begins another', { query: { client: '1', 'client-id': '2', client2: '3' } }],
    ['one name several times', { query: { client: ['b', 'a', '='] } }],
    ['a header with several spaces', { headers: { 'x-note': 'two   words' } }],
  ])('accepts %s', async (_what, request) => {
    expect(verifySignature(await signed(request))).toMatchObject({ ok: true });
  });

  it.each<[string, Partial<SignedRequest> | ((request: SignedRequest) => Partial<SignedRequest>)]>([
    ['another path', { path: '/local/healthcheck' }],
    ['another query', { query: 'item_id=2' }],
    ['another method', { method: 'POST' }],
    ['another body', { body: Buffer.from('x') }],
    ['another host', ({ headers }) => ({ headers: { ...headers, host: 'evil.example' } })],
    [
      'another body under a matching declared hash',
      ({ headers }) => {
        const { 'x-amz-content-sha256': _removed, ...rest } = headers;
        return { headers: rest, body: Buffer.from('x') };
      },
    ],
  ])('refuses %s than was signed', async (_what, change) => {
    const request = await signed({ query: { item_id: '1' } });
    const changed = { ...request, ...(typeof change === 'function' ? change(request) : change) };
    expect(verifySignature(changed)).toMatchObject({ ok: false, error: 'SignatureDoesNotMatch' });
  });

  it('refuses another secret key, and another access key, each by its name', async () => {
    expect(verifySignature(await signed({}, 'another secret'))).toMatchObject({
      error: 'SignatureDoesNotMatch',
    });
    const other = { ...credentials, secretAccessKey: 'another secret' };
    expect(verifySignature({ ...(await signed({}, 'another secret')), credentials: other })).toMatchObject({
      ok: true,
    });
    const request = await signed();
    const stage = { accessKeyId: 'AKIDOTHER', secretAccessKey: credentials.secretAccessKey };
    expect(verifySignature({ ...request, credentials: stage })).toMatchObject({
      error: 'InvalidClientTokenId',
    });
  });

  it('refuses a request without a signature, and one with half of it', async () => {
    const request = await signed();
    expect(verifySignature({ ...request, headers: { host: '127.0.0.1' } })).toMatchObject({
      error: 'MissingAuthenticationToken',
    });
    const { 'x-amz-date': _date, ...undated } = request.headers;
    expect(verifySignature({ ...request, headers: undated })).toMatchObject({
      error: 'IncompleteSignature',
    });
    for (const unsigned of ['host;', ';x-amz-date']) {
      const authorization = String(request.headers['authorization']).replace(unsigned, '');
      expect(verifySignature({ ...request, headers: { ...request.headers, authorization } })).toMatchObject({
        error: 'IncompleteSignature',
      });
    }
  });

  it('refuses a scope of another day than the request', async () => {
    const request = await signed();
    const authorization = String(request.headers['authorization']).replace('/20261103/', '/20261104/');
    expect(verifySignature({ ...request, headers: { ...request.headers, authorization } })).toMatchObject({
      error: 'SignatureDoesNotMatch',
      message: expect.stringContaining("'20261104' != '20261103'"),
    });
  });

  it('accepts five minutes of skew either way, and no more', async () => {
    const request = await signed();
    for (const offsetMs of [-300_000, 300_000]) {
      expect(verifySignature({ ...request, nowMs: signedAtMs + offsetMs })).toMatchObject({ ok: true });
    }
    expect(verifySignature({ ...request, nowMs: signedAtMs + 301_000 })).toMatchObject({
      error: 'RequestExpired',
      message:
        'Signature expired: 20261103T120000Z is now earlier than 20261103T120001Z (20261103T120501Z - 5 min.)',
    });
    expect(verifySignature({ ...request, nowMs: signedAtMs - 301_000 })).toMatchObject({
      error: 'RequestExpired',
      message:
        'Signature not yet current: 20261103T120000Z is still later than 20261103T115959Z (20261103T115459Z + 5 min.)',
    });
  });

  it('reads a scope without believing it', () => {
    expect(signingScope(undefined)).toBeUndefined();
    expect(signingScope('Bearer x')).toBeUndefined();
  });
});
