import { parentPort, workerData } from 'node:worker_threads';
import type { BundleEntries } from '../../infra/bundle.ts';
import { BundleError } from '../../infra/errors.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import { synthesize } from '../../infra/synth.ts';

/** What the thread is started with. */
export interface SynthesisWork {
  fleet: Fleet;
  stage: string;
  outputDirectory: string;
  entries?: BundleEntries;
}

/** What it says when it does not just end: an error that crosses threads is no longer of its class. */
export interface SynthesisMessage {
  bundleProblem: string;
}

const { stage, ...work } = workerData as SynthesisWork;
try {
  await synthesize({ ...work, stages: [stage], validate: false });
} catch (error) {
  if (!(error instanceof BundleError)) throw error;
  parentPort?.postMessage({ bundleProblem: error.problem } satisfies SynthesisMessage);
}
