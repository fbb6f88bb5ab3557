import { limits } from './limits.ts';

/** How the fleet's functions wait for AWS: an SDK client waits for ever otherwise. */
export const clientTimeouts = {
  connectionTimeout: limits.awsAnswer.connectMs,
  requestTimeout: limits.awsAnswer.totalMs,
  throwOnRequestTimeout: true,
} as const;
