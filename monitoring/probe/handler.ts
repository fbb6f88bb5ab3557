import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { SSMClient } from '@aws-sdk/client-ssm';
import { systemClock } from '../../service/clock.ts';
import { discoverSystems } from '../discovery.ts';
import { readProbeEnv } from './env.ts';
import { createProbeOutput } from './output.ts';
import { createProbe } from './probe.ts';

const { stage } = readProbeEnv();
const ssm = new SSMClient();

const probe = createProbe({
  discover: () => discoverSystems(ssm, stage),
  // Fifty clusters asked at once meet the Data API's rate limits: more attempts, each after a longer pause.
  dataApi: new RedshiftDataClient({ maxAttempts: 6 }),
  clock: systemClock,
  output: createProbeOutput(stage),
  // The dialect's detection and the look, each at its longest, stay within the function's 50 s.
  statementTimeoutMs: 20_000,
});

/**
 * Lambda entry: a scheduled event. The metrics bear the schedule's time rather than the invocation's, so
 * that each period gets exactly one.
 */
export const handler = async (event: { time?: string }): Promise<void> => {
  const scheduledMs = Date.parse(event.time ?? '');
  await probe(Number.isNaN(scheduledMs) ? systemClock.now() : scheduledMs);
};
