/** What a script does once where it was exported for another machine: it waits for the others, and takes its role. */
import { sleep } from 'k6';
import exec from 'k6/execution';
import { signerFromEnvironment, useCredentials } from './environment.ts';
import { beginAfter } from './load.ts';
import { roleCredentials } from './roleCredentials.ts';
import type { Credentials } from './sigv4.ts';

/** What `setup` hands to every iteration. */
interface Ready {
  /** How long it took. */
  setupMs: number;
  /** Null where they stand in the environment. */
  credentials: Credentials | null;
}

/** Before the run: takes the role's credentials, then waits until `HEADROOM_START_AT` (an instant in ISO 8601), if it is set. */
export async function setup(): Promise<Ready> {
  const startAt = __ENV['HEADROOM_START_AT'];
  const startMs = startAt ? Date.parse(startAt) : Date.now();
  const waitMs = startMs - Date.now();
  if (!(waitMs > -1_000)) {
    throw new Error(
      `HEADROOM_START_AT="${startAt}": expected an instant to come, such as 2026-01-31T12:00:00Z`,
    );
  }
  const seconds = Math.ceil(Math.max(0, waitMs) / 1_000) + Number(__ENV['HEADROOM_RUN_SECONDS'] ?? 0);
  const fromRole = __ENV['HEADROOM_CREDENTIALS'] === 'role';
  const credentials = fromRole ? await roleCredentials(signerFromEnvironment().region, seconds) : null;
  const restMs = startMs - Date.now();
  if (restMs > 0) sleep(restMs / 1_000);
  return { setupMs: exec.instance.currentTestRunDuration, credentials };
}

/** What every iteration does first with it. */
export function use({ setupMs, credentials }: Ready): void {
  beginAfter(setupMs);
  if (credentials) useCredentials(credentials);
}
