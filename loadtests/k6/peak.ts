/**
 * Ramps every system to its expected peak, in requests and in messages, then holds it there. Each request asks for
 * something else and compares the whole answer; each message tells of an id of its own.
 *
 *   HEADROOM_TARGETS='[{"system":"system-01","url":"https://…","requestsPerSecond":30,
 *     "messages":{"url":"https://sns.us-east-1.amazonaws.com","topicArn":"arn:aws:sns:…","perSecond":5}}]' \
 *   HEADROOM_REGION=us-east-1 HEADROOM_RAMP_SECONDS=60 HEADROOM_HOLD_SECONDS=600 k6 run loadtests/k6/peak.ts
 */
import * as service from '../../service/load.ts';
import { hold } from './lib/profiles.ts';

const load = hold(service);

export const { options, publish } = load;
export default load.request;
