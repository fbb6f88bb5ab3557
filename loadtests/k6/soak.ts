/**
 * Holds every system at its expected peak for hours, in requests and in messages: what leaks, fills up or expires
 * shows only then. A smaller HEADROOM_RATE_SCALE holds a share of the peak.
 *
 *   HEADROOM_TARGETS='[{"system":"system-01","url":"https://…","requestsPerSecond":30,
 *     "messages":{"url":"https://sns.us-east-1.amazonaws.com","topicArn":"arn:aws:sns:…","perSecond":5}}]' \
 *   HEADROOM_REGION=us-east-1 HEADROOM_RAMP_SECONDS=300 HEADROOM_HOLD_SECONDS=7200 k6 run loadtests/k6/soak.ts
 */
import { askForClient } from './lib/askForClient.ts';
import { rampAndHold } from './lib/course.ts';
import { shapeFromEnvironment } from './lib/environment.ts';
import { loadFromEnvironment } from './lib/load.ts';
import { publishMessages } from './lib/publish.ts';

const load = loadFromEnvironment(() => ({
  course: rampAndHold(shapeFromEnvironment(1)),
  kinds: ['requests', 'messages'],
  judged: ['hold'],
}));

export const { options } = load;

export default async function (): Promise<void> {
  await askForClient(load);
}

export async function publish(): Promise<void> {
  await publishMessages(load);
}
