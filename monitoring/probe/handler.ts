import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { SSMClient } from '@aws-sdk/client-ssm';
import { systemClock } from '../../service/clock.ts';
import { discoverSystems } from '../discovery.ts';
import { readStage, readVariable } from '../env.ts';
import { readProvenPeaks } from '../provenPeak.ts';
import { scheduledTime } from '../scheduledTime.ts';
import { createProbeOutput } from './output.ts';
import { createProbe } from './probe.ts';

const stage = readStage();
const provenBy = readVariable('PROVEN_BY_STAGE');
const ssm = new SSMClient();

const probe = createProbe({
  discover: () => discoverSystems(ssm, stage),
  provenPeaks: () => readProvenPeaks(ssm, provenBy),
  // Fifty clusters asked at once meet the Data API's rate limits: more attempts, each after a longer pause.
  dataApi: new RedshiftDataClient({ maxAttempts: 6 }),
  clock: systemClock,
  output: createProbeOutput(stage),
  // The dialect's detection and the look, each at its longest, stay within the function's 50 s.
  statementTimeoutMs: 20_000,
});

/** Lambda entry: a scheduled event. */
export const handler = (event: { time?: string }): Promise<void> =>
  probe(scheduledTime(event, systemClock.now()));
