import { hold } from '../../../loadtests/k6/lib/profiles.ts';
import * as service from '../load.ts';

const load = hold(service);

export const { options, publish } = load;
export default load.request;
