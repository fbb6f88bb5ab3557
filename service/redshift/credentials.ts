import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import { DatabaseUnavailableError } from '../errors.ts';

/** A database user. */
export interface Credentials {
  username: string;
  password: string;
}

/** Where a user's current password comes from. */
export interface CredentialSource {
  /** The credentials last read; reads them at the first call. */
  get(signal?: AbortSignal): Promise<Credentials>;
  /** Reads them again: the password was refused, so it has been rotated. */
  refresh(signal?: AbortSignal): Promise<Credentials>;
}

const credentialsSchema = z.object({
  username: z.string().check(z.minLength(1)),
  password: z.string().check(z.minLength(1)),
});

/**
 * Reads a user from a secret.
 * @throws DatabaseUnavailableError naming the secret, never what it holds.
 */
export async function readCredentials(
  client: SecretsManagerClient,
  secretArn: string,
  signal?: AbortSignal,
): Promise<Credentials> {
  const refuse = (problem: string, cause?: unknown): DatabaseUnavailableError =>
    new DatabaseUnavailableError('databaseCredentials', `secret ${secretArn}: ${problem}`, {
      retryAfterMs: 1_000,
      cause,
    });
  let text: string | undefined;
  try {
    const command = new GetSecretValueCommand({ SecretId: secretArn });
    ({ SecretString: text } = await client.send(command, signal ? { abortSignal: signal } : {}));
  } catch (error) {
    throw refuse('could not be read; may this function read it, and is Secrets Manager reachable?', error);
  }
  // Neither the JSON parser's nor zod's message may travel on: they can quote the secret.
  try {
    return credentialsSchema.parse(JSON.parse(text ?? ''));
  } catch {
    throw refuse('expected JSON with a "username" and a "password"');
  }
}

/** Credentials read once and kept. */
export function cachedCredentials(client: SecretsManagerClient, secretArn: string): CredentialSource {
  let known: Credentials | undefined;
  const refresh = async (signal?: AbortSignal): Promise<Credentials> =>
    (known = await readCredentials(client, secretArn, signal));
  return { get: async (signal) => known ?? refresh(signal), refresh };
}
