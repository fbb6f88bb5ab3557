/**
 * A steady climb from nothing to twice the expected peak of every system, in requests and in messages, ended early by
 * its own thresholds where errors or latency cross their limits: at which rate does the first limit give way?
 *
 *   HEADROOM_TARGETS='[{"system":"system-01","url":"https://…","requestsPerSecond":30,
 *     "messages":{"url":"https://sns.us-east-1.amazonaws.com","topicArn":"arn:aws:sns:…","perSecond":5}}]' \
 *   HEADROOM_REGION=us-east-1 HEADROOM_RAMP_SECONDS=1800 k6 run loadtests/k6/breakpoint.ts
 */
import { limits } from '../../monitoring/limits.ts';
import { askForClient } from './lib/askForClient.ts';
import { rampSecondsFromEnvironment, rateScaleFromEnvironment } from './lib/environment.ts';
import { loadFromEnvironment } from './lib/load.ts';
import { publishMessages } from './lib/publish.ts';

const load = loadFromEnvironment(() => {
  const climbSeconds = rampSecondsFromEnvironment();
  // As much as the API's own throttle lets in: beyond it, the throttle is the limit.
  const toPeaks = rateScaleFromEnvironment(limits.apiThrottlePerPeak);
  return {
    course: { fromPeaks: 0, stretches: [{ seconds: climbSeconds, toPeaks, phase: 'climb' }] },
    kinds: ['requests', 'messages'],
    judged: ['climb'],
    abort: {
      abortOnFail: true,
      delayAbortEval: `${Math.ceil(climbSeconds * limits.breakpoint.abortAfterShare)}s`,
    },
  };
});

export const { options } = load;

export default async function (): Promise<void> {
  await askForClient(load);
}

export async function publish(): Promise<void> {
  await publishMessages(load);
}
