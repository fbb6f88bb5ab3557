import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../../core/clock.ts';
import { callerHeaders, type CallerHeaders } from '../../fleet/adoption/callerHeaders.ts';
import type { CanaryOptions } from './canary.ts';

/** A secret is read again after so long: tokens expire, and each look at one costs. */
const keptMs = 300_000;

/** The headers of a look at each system, as its callers have to show who they are. */
export function createCallerHeaders(
  sign: (url: URL, atMs: number) => Promise<Record<string, string>>,
  secrets: SecretsManagerClient,
  clock: Clock,
): CanaryOptions['headersFor'] {
  const kept = new Map<string, { headers: Promise<CallerHeaders>; untilMs: number }>();
  return async ({ system, auth }, url, atMs) => {
    const now = clock.now();
    let known = kept.get(system);
    if (!known || known.untilMs <= now) {
      known = { headers: callerHeaders(secrets, auth), untilMs: now + keptMs };
      kept.set(system, known);
    }
    try {
      return (await known.headers) ?? (await sign(url, atMs));
    } catch (error) {
      kept.delete(system);
      throw error;
    }
  };
}
