import { systemClock } from '../../../core/clock.ts';
import type { LoadOptions } from '../load.ts';
import { testCredentials } from './fakeApi.ts';
import { service } from '../../../service/testing/service.ts';

/** A second's ramp and two seconds' hold of a profile, by the embedded engine. */
export const loadOptions = (
  what: Pick<LoadOptions, 'profile' | 'systems' | 'runDirectory'>,
  more: Partial<LoadOptions> = {},
): LoadOptions => ({
  stage: 'test',
  place: 'local',
  service: service.definition,
  engine: 'embedded',
  rampSeconds: 1,
  holdSeconds: 2,
  configurationHash: 'c0ffee',
  commit: null,
  credentials: testCredentials,
  clock: systemClock,
  ...what,
  ...more,
});
