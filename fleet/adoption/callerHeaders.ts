import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AuthSecretError } from '../errors.ts';
import type { Auth } from './auth.ts';

/** Headers by which callers show that they may; null where each request is signed instead. */
export type CallerHeaders = Readonly<Record<string, string>> | null;

/** The text of a secret; undefined for one that is bytes. */
export type ReadSecret = (secretArn: string) => Promise<string | undefined>;

/** Asks Secrets Manager each time. It throws the client's errors. */
export const secretReader =
  (secrets: SecretsManagerClient): ReadSecret =>
  async (secretArn) =>
    (await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }))).SecretString;

/**
 * @throws AuthSecretError when the secret does not hold what `auth` says; what `read` throws. Neither shows the secret.
 */
export async function callerHeaders(read: ReadSecret, auth: Auth | undefined): Promise<CallerHeaders> {
  if (auth === undefined || auth.by === 'iam') return null;
  if (auth.by === 'none') return {};
  const value = valueIn(await read(auth.secretArn), auth.field);
  if (value === undefined) {
    const expected = auth.field === undefined ? 'a text' : `JSON with a text in its field "${auth.field}"`;
    throw new AuthSecretError(auth.secretArn, `expected ${expected}, fit for a header`);
  }
  return auth.by === 'apiKey' ? { [auth.header]: value } : { authorization: `Bearer ${value}` };
}

/** Undefined for what no header can hold. */
function valueIn(secret: string | undefined, field: string | undefined): string | undefined {
  const value = field === undefined ? secret : fieldOf(secret, field);
  return typeof value === 'string' && /^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(value) ? value : undefined;
}

function fieldOf(secret: string | undefined, field: string): unknown {
  try {
    return (JSON.parse(secret ?? '') as Record<string, unknown> | null)?.[field];
  } catch {
    return undefined;
  }
}
