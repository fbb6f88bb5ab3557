/**
 * Holds every system at its expected peak for hours: what leaks, fills up or expires shows only then. A smaller
 * HEADROOM_RATE_SCALE holds a share of the peak.
 *
 *   HEADROOM_TARGETS='[{"system":"system-01","url":"https://…","requestsPerSecond":30}]' \
 *   HEADROOM_REGION=us-east-1 HEADROOM_RAMP_SECONDS=300 HEADROOM_HOLD_SECONDS=7200 k6 run loadtests/k6/soak.ts
 */
import type { Options } from 'k6/options';
import { askForClient, bySystem, rampAndHold } from './lib/clientLoad.ts';
import { shapeFromEnvironment, signerFromEnvironment, targetsFromEnvironment } from './lib/environment.ts';

const targets = targetsFromEnvironment();
const signer = signerFromEnvironment();
const targetOf = bySystem(targets);

export const options: Options = rampAndHold(targets, shapeFromEnvironment(1));

export default async function (): Promise<void> {
  await askForClient(targetOf, signer);
}
