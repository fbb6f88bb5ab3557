import { smokeOf } from '../../../loadtests/k6/lib/smoke.ts';
import * as service from '../load.ts';

const smoke = smokeOf(service);

export const { options } = smoke;
export default smoke.request;
