import { RDSDataClient } from '@aws-sdk/client-rds-data';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { STSClient } from '@aws-sdk/client-sts';
import { systemClock } from '../../core/clock.ts';
import { readDocuments } from '../../fleet/discovery.ts';
import { paced } from '../../fleet/pacedClient.ts';
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

const statementsPerSecond = Number(readVariable('STATEMENTS_PER_SECOND'));

const probe = createProbe({
  discover: () => readDocuments(ssm, stage),
  provenPeaks: () => readProvenPeaks(peaksSsm, provenBy),
  // What comes too soon all the same, beside other users of the account, is tried again.
  dataApi: paced(new RedshiftDataClient({ maxAttempts: 6, requestHandler: clientTimeouts }), {
    share: limits.utilizationPercent / 100,
    clock: systemClock,
  }),
  rdsDataApi: new RDSDataClient({ requestHandler: clientTimeouts }),
  clock: systemClock,
  output: createProbeOutput(stage),
  statementsPerSecond,
  times: limits.probe,
});

/** Lambda entry: a scheduled event. */
export const handler = (event: { time?: string }): Promise<void> =>
  probe(scheduledTime(event, systemClock.now()));
