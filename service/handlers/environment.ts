import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { systemClock, systemRandom } from '../../core/clock.ts';
import { residentBytes, type FunctionEnv } from '../env.ts';
import type { FunctionRole } from '../metrics.ts';
import { cachedCredentials } from '../redshift/credentials.ts';
import { createDatabase, type Database } from '../redshift/database.ts';
import { createTelemetry, type Telemetry } from '../telemetry.ts';

/** Bounds of a call to AWS from within an invocation: a request that hangs must not use up its time. */
export const sdkBounds = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 1_000, throwOnRequestTimeout: true },
} as const;

/** What both functions have: the connection and the telemetry of their execution environment. */
export function createEnvironment(
  env: FunctionEnv,
  role: FunctionRole,
  { statementMs, patienceMs }: { statementMs: number; patienceMs?: number },
): { database: Database; telemetry: Telemetry } {
  return {
    database: createDatabase({
      address: env.database,
      credentials: cachedCredentials(new SecretsManagerClient(sdkBounds), env.database.secretArn),
      timeouts: { connectMs: 1_000, statementMs },
      ...(patienceMs !== undefined && { patienceMs }),
      clock: systemClock,
      random: systemRandom,
    }),
    telemetry: createTelemetry({
      stage: env.stage,
      system: env.system,
      role,
      memoryMiB: env.memoryMiB,
      periodSeconds: env.periodSeconds,
      usedBytes: residentBytes,
      clock: systemClock,
      random: systemRandom,
    }),
  };
}
