import { breakpoint } from '../../../loadtests/k6/lib/profiles.ts';
import * as service from '../load.ts';

const load = breakpoint(service);

export const { options, publish } = load;
export default load.request;
