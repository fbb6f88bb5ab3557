/**
 * Every answer a system gives, once: the good ones, each kind of mistake, and what must stay closed.
 *
 *   HEADROOM_TARGETS='[{"system":"system-01","url":"https://…","requestsPerSecond":30}]' \
 *   HEADROOM_REGION=us-east-1 k6 run loadtests/k6/smoke.ts
 */
import * as service from '../../service/load.ts';
import { smokeOf } from './lib/smoke.ts';

const smoke = smokeOf(service);

export const { options } = smoke;
export default smoke.request;
