import * as profiles from '../../../loadtests/k6/lib/profiles.ts';
import * as service from '../load.ts';

export const { options, publish } = profiles.publish(service);
