import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { callerHeaders } from '../fleet/adoption/callerHeaders.ts';
import type { PublishedDocument } from '../fleet/systemDocument.ts';
import type { LoadOptions } from '../loadtests/runner/load.ts';

/**
 * By system, the headers that a load sends instead of a signature; of one whose callers sign there are none.
 * @throws AuthSecretError, and the client's errors: without them every answer would be a refusal
 */
export async function callerHeadersOf(
  secrets: SecretsManagerClient,
  systems: readonly PublishedDocument[],
): Promise<NonNullable<LoadOptions['callerHeaders']>> {
  const all: Record<string, Readonly<Record<string, string>>> = {};
  for (const { system, auth } of systems) {
    const headers = await callerHeaders(secrets, auth);
    if (headers) all[system] = headers;
  }
  return all;
}
