import { createHash, createHmac, randomBytes, type Hash, type Hmac } from 'node:crypto';
import { types } from 'node:util';
import { ScriptError } from '../../errors.ts';
import { k6Module } from './refuse.ts';

const algorithms: Record<string, string> = {
  md5: 'md5',
  sha1: 'sha1',
  sha256: 'sha256',
  sha384: 'sha384',
  sha512: 'sha512',
  sha512_224: 'sha512-224',
  sha512_256: 'sha512-256',
};

function nodeAlgorithm(name: string): string {
  const algorithm = algorithms[name];
  if (algorithm) return algorithm;
  throw new ScriptError(
    'k6/crypto',
    `invalid algorithm "${name}"; expected one of ${Object.keys(algorithms).join(', ')}`,
  );
}

function bytes(input: unknown): Buffer {
  if (typeof input === 'string') return Buffer.from(input, 'utf8');
  if (types.isAnyArrayBuffer(input)) return Buffer.from(input);
  throw new ScriptError('k6/crypto', 'expected a string or an ArrayBuffer');
}

function digest(hash: Hash | Hmac, encoding: string): string | ArrayBuffer {
  switch (encoding) {
    case 'hex':
    case 'base64':
      return hash.digest(encoding);
    case 'base64rawurl':
      return hash.digest('base64url');
    case 'base64url':
      return hash.digest('base64').replaceAll('+', '-').replaceAll('/', '_');
    case 'binary':
      return new Uint8Array(hash.digest()).buffer;
    default:
      throw new ScriptError('k6/crypto', `invalid output encoding "${encoding}"`);
  }
}

const hashes = Object.fromEntries(
  Object.keys(algorithms).map((name) => [
    name,
    (input: unknown, encoding: string) =>
      digest(createHash(nodeAlgorithm(name)).update(bytes(input)), encoding),
  ]),
);

/** What `createHash` returns: it may be asked more than once, and given more then. */
function hasher(make: () => Hash | Hmac): Record<string, unknown> {
  const given: Buffer[] = [];
  return {
    update: (input: unknown): void => void given.push(bytes(input)),
    digest: (encoding: string): string | ArrayBuffer => digest(make().update(Buffer.concat(given)), encoding),
  };
}

/** The module `k6/crypto`. */
export const crypto = (): Record<string, unknown> =>
  k6Module(
    'k6/crypto',
    {
      ...hashes,
      hmac: (algorithm: string, secret: unknown, input: unknown, encoding: string) =>
        digest(createHmac(nodeAlgorithm(algorithm), bytes(secret)).update(bytes(input)), encoding),
      createHash: (algorithm: string) => hasher(() => createHash(nodeAlgorithm(algorithm))),
      createHMAC: (algorithm: string, secret: unknown) =>
        hasher(() => createHmac(nodeAlgorithm(algorithm), bytes(secret))),
      randomBytes: (size: number) => new Uint8Array(randomBytes(size)).buffer,
    },
    ['hexEncode', 'md4', 'ripemd160'],
  );
