import { workerData } from 'node:worker_threads';
import type { Fleet } from '../../fleet.ts';
import { synthesize } from '../../synth.ts';

const { fleet, stage, outputDirectory } = workerData as {
  fleet: Fleet;
  stage: string;
  outputDirectory: string;
};
await synthesize({ fleet, stages: [stage], outputDirectory, validate: false });
