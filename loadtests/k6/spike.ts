/**
 * From a tenth of the expected peak to twice the peak within seconds, and back, in requests and in messages: does
 * every system recover?
 *
 *   HEADROOM_TARGETS='[{"system":"system-01","url":"https://…","requestsPerSecond":30,
 *     "messages":{"url":"https://sns.us-east-1.amazonaws.com","topicArn":"arn:aws:sns:…","perSecond":5}}]' \
 *   HEADROOM_REGION=us-east-1 HEADROOM_RAMP_SECONDS=5 HEADROOM_HOLD_SECONDS=30 k6 run loadtests/k6/spike.ts
 */
import * as service from '../../service/load.ts';
import { spike } from './lib/profiles.ts';

const load = spike(service);

export const { options, publish } = load;
export default load.request;
