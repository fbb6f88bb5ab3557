import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';

/** The key pair of test stages. */
export const testCredentials = { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'a secret' };

/** A GET signed as a client of API Gateway signs it. */
export async function signedFetch(
  url: string,
  options: {
    region?: string;
    service?: string;
    secretAccessKey?: string;
    accessKeyId?: string;
    date?: Date;
  } = {},
): Promise<Response> {
  const { protocol, hostname, port, pathname, searchParams } = new URL(url);
  const signer = new SignatureV4({
    credentials: { ...testCredentials, ...options },
    region: options.region ?? 'us-east-1',
    service: options.service ?? 'execute-api',
    sha256: Sha256,
  });
  const signed = await signer.sign(
    {
      method: 'GET',
      protocol,
      hostname,
      path: pathname,
      query: Object.fromEntries([...searchParams.keys()].map((key) => [key, searchParams.getAll(key)])),
      headers: { host: `${hostname}:${port}` },
    },
    { signingDate: options.date ?? new Date() },
  );
  return fetch(url, { headers: signed.headers });
}
