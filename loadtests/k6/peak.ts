/**
 * Ramps every system to its expected peak, in requests and in messages, then holds it there. Each request asks for
 * another seeded client and compares the whole answer; each message tells of another new client.
 *
 *   HEADROOM_TARGETS='[{"system":"system-01","url":"https://…","requestsPerSecond":30,
 *     "messages":{"url":"https://sns.us-east-1.amazonaws.com","topicArn":"arn:aws:sns:…","perSecond":5}}]' \
 *   HEADROOM_REGION=us-east-1 HEADROOM_RAMP_SECONDS=60 HEADROOM_HOLD_SECONDS=600 k6 run loadtests/k6/peak.ts
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
