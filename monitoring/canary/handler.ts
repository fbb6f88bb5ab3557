import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { systemClock } from '../../core/clock.ts';
import { readDocuments } from '../../fleet/discovery.ts';
import { readStage, readVariable } from '../env.ts';
import { documentsClient } from '../documentsClient.ts';
import { limits } from '../limits.ts';
import { scheduledTime } from '../scheduledTime.ts';
import { clientTimeouts } from '../clientTimeouts.ts';
import { createCallerHeaders } from './callerHeaders.ts';
import { createCanary } from './canary.ts';
import { createCanaryOutput } from './output.ts';
import { createSigner } from './signGet.ts';

const stage = readStage();
const ssm = documentsClient();

const canary = createCanary({
  discover: () => readDocuments(ssm, stage),
  headersFor: createCallerHeaders(
    createSigner(ssm.config.credentials, await ssm.config.region()),
    new SecretsManagerClient({ requestHandler: clientTimeouts }),
    systemClock,
  ),
  clock: systemClock,
  bounds: limits.canary,
  healthPath: readVariable('HEALTH_PATH'),
  output: createCanaryOutput(stage),
});

/** What the schedule sends: when it was due, and which systems the fleet's configuration has. */
const eventSchema = z.object({ time: z.string().optional(), systems: z.array(z.string()).min(1) });

/** Lambda entry: a scheduled event. */
export const handler = async (event: unknown): Promise<void> => {
  const { systems, time = '' } = eventSchema.parse(event);
  await canary(systems, scheduledTime({ time }, systemClock.now()));
};
