/**
 * From a tenth of the expected peak to twice the peak within seconds, and back: does every system recover? Its
 * limits are asked for before the spike and after it, not while it lasts.
 *
 *   rate          spike
 *    ^           ,------,
 *    |          /        \
 *    |  before /          \ settling  after
 *    |--------'            '--------|--------
 *    +------------------------------------------> time
 *
 *   HEADROOM_TARGETS='[{"system":"system-01","url":"https://…","requestsPerSecond":30}]' \
 *   HEADROOM_REGION=us-east-1 HEADROOM_RAMP_SECONDS=5 HEADROOM_HOLD_SECONDS=30 k6 run loadtests/k6/spike.ts
 */
import type { Options, Scenario } from 'k6/options';
import { limits } from '../../monitoring/limits.ts';
import { askForClient, scenarioOf, withinLimits, type Course } from './lib/clientLoad.ts';
import { shapeFromEnvironment, signerFromEnvironment, targetsFromEnvironment } from './lib/environment.ts';
import type { Target } from './lib/target.ts';

const signer = signerFromEnvironment();
// As much as the API's own throttle lets in: beyond it, most answers are the throttle's.
const { rampSeconds, holdSeconds, rateScale } = shapeFromEnvironment(limits.apiThrottlePerPeak);
const { baseShare, baseSeconds, settleSeconds } = limits.spike;

const targetOf: Record<string, Target> = {};
const scenarios: Record<string, Scenario> = {};
const thresholds: NonNullable<Options['thresholds']> = {};
for (const target of targetsFromEnvironment()) {
  const { system, requestsPerSecond } = target;
  const base = requestsPerSecond * baseShare;
  const greatest = requestsPerSecond * rateScale;
  const add = (phase: string, course: Omit<Course, 'fromPerSecond' | 'tags'>): void => {
    // Every phase asks for its clients in an order of its own, which follows from this name.
    const name = `${system}-${phase}`;
    targetOf[name] = target;
    scenarios[name] = scenarioOf({ fromPerSecond: base, tags: { system, phase }, ...course });
  };
  add('before', { stretches: [{ seconds: baseSeconds, perSecond: base }] });
  add('spike', {
    startSeconds: baseSeconds,
    stretches: [
      { seconds: rampSeconds, perSecond: greatest },
      { seconds: holdSeconds, perSecond: greatest },
      { seconds: rampSeconds, perSecond: base },
      { seconds: settleSeconds, perSecond: base },
    ],
  });
  add('after', {
    startSeconds: baseSeconds + rampSeconds + holdSeconds + rampSeconds + settleSeconds,
    stretches: [{ seconds: baseSeconds, perSecond: base }],
  });
  Object.assign(
    thresholds,
    withinLimits({ system, phase: 'before' }),
    { [`http_reqs{system:${system},phase:spike}`]: ['count>0'] },
    withinLimits({ system, phase: 'after' }),
  );
}

export const options: Options = { scenarios, thresholds, maxRedirects: 0 };

export default async function (): Promise<void> {
  await askForClient(targetOf, signer);
}
