import { SSMClient, type SSMClientConfig } from '@aws-sdk/client-ssm';
import { systemClock } from '../core/clock.ts';
import { paced } from '../fleet/pacedClient.ts';
import { clientTimeouts } from './clientTimeouts.ts';
import { limits } from './limits.ts';

/** What the fleet's functions read the systems' documents with: several of them do at the beginning of a minute. */
export const documentsClient = (config: Pick<SSMClientConfig, 'credentials'> = {}): SSMClient =>
  paced(new SSMClient({ requestHandler: clientTimeouts, ...config }), {
    share: limits.apiShare.fleetFunction,
    clock: systemClock,
  });
