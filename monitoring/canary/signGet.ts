import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

/** SHA-256 as the signer asks for it: a hash, or with a secret an HMAC. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
}

const bytesOf = (data: string | ArrayBuffer | ArrayBufferView): Buffer => {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
};

type SignerOptions = ConstructorParameters<typeof SignatureV4>[0];

/** Signs GETs for API Gateway. @returns a function from a URL and an instant to the headers to send. */
export function createSigner(
  credentials: SignerOptions['credentials'],
  region: string,
): (url: URL, atMs: number) => Promise<Record<string, string>> {
  const signer = new SignatureV4({ credentials, region, service: 'execute-api', sha256: Sha256 });
  return async ({ protocol, hostname, host, pathname }, atMs) => {
    const { headers } = await signer.sign(
      { method: 'GET', protocol, hostname, path: pathname, headers: { host } },
      { signingDate: new Date(atMs) },
    );
    return headers;
  };
}
