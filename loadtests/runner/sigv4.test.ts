import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { queryString, signedHeaders, type Query, type SigningHashes } from '../k6/lib/sigv4.ts';
import { Sha256 } from './testing/fakeApi.ts';

const hashes: SigningHashes = {
  sha256Hex: (text) => createHash('sha256').update(text).digest('hex'),
  hmac: (key, text) =>
    new Uint8Array(
      createHmac('sha256', typeof key === 'string' ? key : new Uint8Array(key))
        .update(text)
        .digest(),
    ).buffer,
  hmacHex: (key, text) => createHmac('sha256', new Uint8Array(key)).update(text).digest('hex'),
};

const text = fc.string({ unit: 'binary', maxLength: 12 }).filter((value) => value.isWellFormed());
const segment = text.filter((value) => !['', '.', '..'].includes(value)).map(encodeURIComponent);
const requests = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE'),
  host: fc.constantFrom('127.0.0.1:4566', 'abc123.execute-api.us-east-1.amazonaws.com'),
  segments: fc.array(segment, { maxLength: 3 }),
  query: fc.dictionary(
    text.filter((key) => key !== '' && key !== '__proto__'),
    fc.array(text, { minLength: 1, maxLength: 3 }),
    { maxKeys: 4 },
  ),
  body: text,
  region: fc.constantFrom('us-east-1', 'sa-east-1'),
  sessionToken: fc.option(fc.base64String({ minLength: 4, maxLength: 20 }), { nil: undefined }),
  secretAccessKey: fc.base64String({ minLength: 8, maxLength: 40 }),
  atMs: fc.integer({ min: 1_000_000_000_000, max: 4_000_000_000_000 }),
});

/** One value of each as names and values have it, several in pairs. */
const pairsOf = (query: Readonly<Record<string, string[]>>): Query => {
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    values.map((value): [string, string] => [name, value]),
  );
  return Object.values(query).some(({ length }) => length > 1) ? pairs : Object.fromEntries(pairs);
};

test('signs every request as the SDK signs it', async () => {
  await fc.assert(
    fc.asyncProperty(
      requests,
      async ({ method, host, segments, query, body, region, sessionToken, ...rest }) => {
        const path = `/${segments.join('/')}`;
        const credentials = {
          accessKeyId: 'AKIDEXAMPLE',
          secretAccessKey: rest.secretAccessKey,
          ...(sessionToken === undefined ? {} : { sessionToken }),
        };
        const service = 'execute-api';
        const signer = new SignatureV4({
          credentials,
          region,
          service,
          sha256: Sha256,
          applyChecksum: false,
        });
        const expected = await signer.sign(
          { method, protocol: 'https:', hostname: host, path, query, body, headers: { host } },
          { signingDate: new Date(rest.atMs) },
        );
        const { host: _host, ...expectedHeaders } = expected.headers;
        const url = `https://${host}${path}`;
        const actual = signedHeaders(
          hashes,
          { method, url, query: pairsOf(query), body, region, service },
          credentials,
          rest.atMs,
        );
        expect(actual).toEqual(expectedHeaders);
      },
    ),
    { numRuns: 300 },
  );
});

test('the query string decodes to what went in', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        text.filter((key) => key !== '' && key !== '__proto__'),
        text,
      ),
      (query) => {
        expect(Object.fromEntries(new URLSearchParams(queryString(query)))).toEqual({ ...query });
      },
    ),
  );
});

test('a URL with a query, or none at all, is refused', () => {
  const request = { method: 'GET', query: {}, body: '', region: 'r', service: 's' };
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  for (const url of ['https://host/path?x=1', '/path', 'ftp://host/']) {
    expect(() => signedHeaders(hashes, { ...request, url }, credentials, 0)).toThrow(url);
  }
});
