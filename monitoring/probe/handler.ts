import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { STSClient } from '@aws-sdk/client-sts';
import { systemClock } from '../../core/clock.ts';
import { readDocuments } from '../../fleet/discovery.ts';
import { assumedRole } from '../assumedRole.ts';
import { readOptionalVariable, readStage, readVariable } from '../env.ts';
import { clientTimeouts } from '../clientTimeouts.ts';
import { documentsClient } from '../documentsClient.ts';
import { limits } from '../limits.ts';
import { readProvenPeaks } from '../provenPeak.ts';
import { scheduledTime } from '../scheduledTime.ts';
import { createProbeOutput } from './output.ts';
import { createProbe } from './probe.ts';

const stage = readStage();
const provenBy = readVariable('PROVEN_BY_STAGE');
const ssm = documentsClient();
// The stage that proves this one may be in another account.
const readerArn = readOptionalVariable('PROVEN_BY_ROLE_ARN');
const peaksSsm =
  readerArn === undefined
    ? ssm
    : documentsClient({
        credentials: assumedRole(
          new STSClient({ requestHandler: clientTimeouts }),
          readerArn,
          `headroom-${stage}-probe`,
        ),
      });

const probe = createProbe({
  discover: () => readDocuments(ssm, stage),
  provenPeaks: () => readProvenPeaks(peaksSsm, provenBy),
  // Fifty clusters asked at once meet the Data API's rate limits: more attempts, each after a longer pause.
  dataApi: new RedshiftDataClient({ maxAttempts: 6, requestHandler: clientTimeouts }),
  clock: systemClock,
  output: createProbeOutput(stage),
  statementTimeoutMs: limits.probe.statementMs,
});

/** Lambda entry: a scheduled event. */
export const handler = (event: { time?: string }): Promise<void> =>
  probe(scheduledTime(event, systemClock.now()));
