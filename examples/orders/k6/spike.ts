import { spike } from '../../../loadtests/k6/lib/profiles.ts';
import * as service from '../load.ts';

const load = spike(service);

export const { options, publish } = load;
export default load.request;
