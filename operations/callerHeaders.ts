import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { settleAtMost } from '../core/settleAtMost.ts';
import type { Auth } from '../fleet/adoption/auth.ts';
import { callerHeaders, secretReader, type ReadSecret } from '../fleet/adoption/callerHeaders.ts';
import type { PublishedDocument } from '../fleet/systemDocument.ts';
import type { LoadOptions } from '../loadtests/runner/load.ts';

/** So many secrets are read at a time. */
const readAtOnce = 8;

/** By what a load shows that it may: a system of ours that asks for a key has it beside the signature. */
const authOf = ({ adopted, auth, api: { keySecretArn: secretArn } }: PublishedDocument): Auth | undefined =>
  adopted || secretArn === undefined ? auth : { by: 'apiKey', secretArn, header: 'x-api-key' };

/**
 * By system, the headers that a load sends: to an adopted one instead of a signature, to one of ours beside it. Of one whose
 * callers only sign there are none. A secret that systems share is read once.
 * @throws AuthSecretError, and the client's errors: without them every answer would be a refusal
 */
export async function callerHeadersOf(
  secrets: SecretsManagerClient,
  systems: readonly PublishedDocument[],
): Promise<NonNullable<LoadOptions['callerHeaders']>> {
  const read = onceEach(secretReader(secrets));
  const settled = await settleAtMost(systems, readAtOnce, (document) =>
    callerHeaders(read, authOf(document)),
  );
  const all: Record<string, Readonly<Record<string, string>>> = {};
  for (const one of settled) {
    if (one.state === 'failed') throw one.error;
    if (one.result) all[one.item.system] = one.result;
  }
  return all;
}

/** Asks once for each secret. */
export function onceEach(read: ReadSecret): ReadSecret {
  const asked = new Map<string, ReturnType<ReadSecret>>();
  return (secretArn) => {
    const known = asked.get(secretArn) ?? read(secretArn);
    asked.set(secretArn, known);
    return known;
  };
}
