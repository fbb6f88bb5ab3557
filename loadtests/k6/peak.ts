/**
 * Ramps every system to its expected peak, then holds it there. Each request asks for another seeded client
 * and compares the whole answer.
 *
 *   HEADROOM_TARGETS='[{"system":"system-01","url":"https://…","requestsPerSecond":30}]' \
 *   HEADROOM_REGION=us-east-1 HEADROOM_RAMP_SECONDS=60 HEADROOM_HOLD_SECONDS=600 k6 run loadtests/k6/peak.ts
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
