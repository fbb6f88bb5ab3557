import { limits } from './limits.ts';

/** How the fleet's functions wait for AWS: an SDK client waits for ever otherwise. */
export const impatient = {
  connectionTimeout: limits.awsAnswerMs.connect,
  requestTimeout: limits.awsAnswerMs.whole,
  throwOnRequestTimeout: true,
} as const;
