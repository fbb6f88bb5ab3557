import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../../core/clock.ts';
import { callerHeaders, secretReader, type ReadSecret } from '../../fleet/adoption/callerHeaders.ts';
import type { CanaryOptions } from './canary.ts';

/** A secret is read again after so long: tokens expire, and each look at one costs. */
const keptMs = 300_000;

/** The headers of a look at each system, as its callers have to show who they are. */
export function createCallerHeaders(
  sign: (url: URL, atMs: number) => Promise<Record<string, string>>,
  secrets: SecretsManagerClient,
  clock: Clock,
): CanaryOptions['headersFor'] {
  const ask = secretReader(secrets);
  const kept = new Map<string, { text: ReturnType<ReadSecret>; untilMs: number }>();
  const read: ReadSecret = (secretArn) => {
    const now = clock.now();
    let known = kept.get(secretArn);
    if (!known || known.untilMs <= now) {
      known = { text: ask(secretArn), untilMs: now + keptMs };
      kept.set(secretArn, known);
    }
    return known.text;
  };
  return async ({ auth }, url, atMs) => {
    try {
      return (await callerHeaders(read, auth)) ?? (await sign(url, atMs));
    } catch (error) {
      if (auth && 'secretArn' in auth) kept.delete(auth.secretArn);
      throw error;
    }
  };
}
