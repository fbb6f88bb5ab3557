/**
 * Messages alone: ramps every system to its expected peak of messages, or to a multiple of it (HEADROOM_RATE_SCALE),
 * and holds it there. Each message tells of an id of its own, so that afterwards all of them can be looked for.
 *
 *   HEADROOM_TARGETS='[{"system":"system-01","url":"https://…","requestsPerSecond":30,
 *     "messages":{"url":"https://sns.us-east-1.amazonaws.com","topicArn":"arn:aws:sns:…","perSecond":5}}]' \
 *   HEADROOM_REGION=us-east-1 HEADROOM_RAMP_SECONDS=10 HEADROOM_HOLD_SECONDS=60 k6 run loadtests/k6/publish.ts
 */
import * as service from '../../service/load.ts';
import * as profiles from './lib/profiles.ts';

export const { options, publish } = profiles.publish(service);
