/**
 * Messages alone: ramps every system to its expected peak of messages, or to a multiple of it (HEADROOM_RATE_SCALE),
 * and holds it there. Each message tells of another new client, so that afterwards all of them can be looked for.
 *
 *   HEADROOM_TARGETS='[{"system":"system-01","url":"https://…","requestsPerSecond":30,
 *     "messages":{"url":"https://sns.us-east-1.amazonaws.com","topicArn":"arn:aws:sns:…","perSecond":5}}]' \
 *   HEADROOM_REGION=us-east-1 HEADROOM_RAMP_SECONDS=10 HEADROOM_HOLD_SECONDS=60 k6 run loadtests/k6/publish.ts
 */
import { rampAndHold } from './lib/course.ts';
import { shapeFromEnvironment } from './lib/environment.ts';
import { loadFromEnvironment } from './lib/load.ts';
import { publishMessages } from './lib/publish.ts';

const load = loadFromEnvironment(() => ({
  course: rampAndHold(shapeFromEnvironment(1)),
  kinds: ['messages'],
  judged: ['hold'],
}));

export const { options } = load;

export async function publish(): Promise<void> {
  await publishMessages(load);
}
