/**
 * Holds every system at its expected peak for hours, in requests and in messages: what leaks, fills up or expires
 * shows only then. A smaller HEADROOM_RATE_SCALE holds a share of the peak.
 *
 *   HEADROOM_TARGETS='[{"system":"system-01","url":"https://…","requestsPerSecond":30,
 *     "messages":{"url":"https://sns.us-east-1.amazonaws.com","topicArn":"arn:aws:sns:…","perSecond":5}}]' \
 *   HEADROOM_REGION=us-east-1 HEADROOM_RAMP_SECONDS=300 HEADROOM_HOLD_SECONDS=7200 k6 run loadtests/k6/soak.ts
 */
import * as service from '../../service/load.ts';
import { hold } from './lib/profiles.ts';

const load = hold(service);

export const { options, publish } = load;
export default load.request;
