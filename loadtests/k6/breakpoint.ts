/**
 * A steady climb from nothing to twice the expected peak of every system, in requests and in messages, ended early by
 * its own thresholds where errors or latency cross their limits: at which rate does the first limit give way?
 *
 *   HEADROOM_TARGETS='[{"system":"system-01","url":"https://…","requestsPerSecond":30,
 *     "messages":{"url":"https://sns.us-east-1.amazonaws.com","topicArn":"arn:aws:sns:…","perSecond":5}}]' \
 *   HEADROOM_REGION=us-east-1 HEADROOM_RAMP_SECONDS=1800 k6 run loadtests/k6/breakpoint.ts
 */
import * as service from '../../service/load.ts';
import { breakpoint } from './lib/profiles.ts';

const load = breakpoint(service);

export const { options, publish } = load;
export default load.request;
