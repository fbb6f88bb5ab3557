import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';

/** The key pair of test stages. */
export const testCredentials = { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'a secret' };

/** A request, a GET unless it says otherwise, signed as a client of API Gateway signs it. */
export async function signedFetch(
  url: string,
  options: {
    method?: string;
    /** Sent as JSON. */
    body?: string;
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
  const { method = 'GET', body } = options;
  const signed = await signer.sign(
    {
      method,
      body,
      protocol,
      hostname,
      path: pathname,
      query: Object.fromEntries([...searchParams.keys()].map((key) => [key, searchParams.getAll(key)])),
      headers: {
        host: `${hostname}:${port}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
    },
    { signingDate: options.date ?? new Date() },
  );
  return fetch(url, { method, headers: signed.headers, ...(body !== undefined && { body }) });
}
