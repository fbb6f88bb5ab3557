/**
 * A steady climb from nothing to twice the expected peak of every system, ended early by its own thresholds
 * where errors or latency cross their limits: at which rate does the first limit give way?
 *
 *   HEADROOM_TARGETS='[{"system":"system-01","url":"https://…","requestsPerSecond":30}]' \
 *   HEADROOM_REGION=us-east-1 HEADROOM_RAMP_SECONDS=1800 k6 run loadtests/k6/breakpoint.ts
 */
import type { Options, Scenario } from 'k6/options';
import { limits } from '../../monitoring/limits.ts';
import { askForClient, bySystem, scenarioOf, withinLimits } from './lib/clientLoad.ts';
import {
  rampSecondsFromEnvironment,
  rateScaleFromEnvironment,
  signerFromEnvironment,
  targetsFromEnvironment,
} from './lib/environment.ts';

const targets = targetsFromEnvironment();
const signer = signerFromEnvironment();
const targetOf = bySystem(targets);
const climbSeconds = rampSecondsFromEnvironment();
// As much as the API's own throttle lets in: beyond it, the throttle is the limit.
const rateScale = rateScaleFromEnvironment(limits.apiThrottlePerPeak);

const abort = {
  abortOnFail: true,
  delayAbortEval: `${Math.ceil(climbSeconds * limits.breakpoint.abortAfterShare)}s`,
};
const scenarios: Record<string, Scenario> = {};
const thresholds: NonNullable<Options['thresholds']> = {};
for (const { system, requestsPerSecond } of targets) {
  scenarios[system] = scenarioOf({
    fromPerSecond: 0,
    stretches: [{ seconds: climbSeconds, perSecond: requestsPerSecond * rateScale }],
    tags: { system },
  });
  Object.assign(thresholds, withinLimits({ system }, abort));
}

export const options: Options = { scenarios, thresholds, maxRedirects: 0 };

export default async function (): Promise<void> {
  await askForClient(targetOf, signer);
}
