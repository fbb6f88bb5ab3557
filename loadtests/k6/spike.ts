/**
 * From a tenth of the expected peak to twice the peak within seconds, and back, in requests and in messages: does
 * every system recover? Its limits are asked for before the spike and after it, not while it lasts.
 *
 *   rate          spike
 *    ^           ,------,
 *    |          /        \
 *    |  before /          \ settling  after
 *    |--------'            '--------|--------
 *    +------------------------------------------> time
 *
 *   HEADROOM_TARGETS='[{"system":"system-01","url":"https://…","requestsPerSecond":30,
 *     "messages":{"url":"https://sns.us-east-1.amazonaws.com","topicArn":"arn:aws:sns:…","perSecond":5}}]' \
 *   HEADROOM_REGION=us-east-1 HEADROOM_RAMP_SECONDS=5 HEADROOM_HOLD_SECONDS=30 k6 run loadtests/k6/spike.ts
 */
import { limits } from '../../monitoring/limits.ts';
import { askForClient } from './lib/askForClient.ts';
import { shapeFromEnvironment } from './lib/environment.ts';
import { loadFromEnvironment } from './lib/load.ts';
import { publishMessages } from './lib/publish.ts';

const { baseShare, baseSeconds, settleSeconds } = limits.spike;

const load = loadFromEnvironment(() => {
  // As much as the API's own throttle lets in: beyond it, most answers are the throttle's.
  const { rampSeconds, holdSeconds, rateScale } = shapeFromEnvironment(limits.apiThrottlePerPeak);
  return {
    course: {
      fromPeaks: baseShare,
      stretches: [
        { seconds: baseSeconds, toPeaks: baseShare, phase: 'before' },
        { seconds: rampSeconds, toPeaks: rateScale, phase: 'spike' },
        { seconds: holdSeconds, toPeaks: rateScale, phase: 'spike' },
        { seconds: rampSeconds, toPeaks: baseShare, phase: 'spike' },
        { seconds: settleSeconds, toPeaks: baseShare, phase: 'spike' },
        { seconds: baseSeconds, toPeaks: baseShare, phase: 'after' },
      ],
    },
    kinds: ['requests', 'messages'],
    judged: ['before', 'after'],
    loaded: ['spike'],
  };
});

export const { options } = load;

export default async function (): Promise<void> {
  await askForClient(load);
}

export async function publish(): Promise<void> {
  await publishMessages(load);
}
