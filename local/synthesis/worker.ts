import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import {
  bundleModules,
  functionEntries,
  type BundledModule,
  type BundleEntries,
} from '../../infra/bundle.ts';
import { BundleError } from '../../infra/errors.ts';
import { hashRelease } from '../../infra/release.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import { writeKept } from './keptAssemblies.ts';

/** What the thread is started with. */
export interface SynthesisWork {
  fleet: Fleet;
  stage: string;
  outputDirectory: string;
  /** Where assemblies are kept for other starts. */
  keptIn: string;
  entries?: BundleEntries;
}

/** What it says when it does not just end: an error that crosses threads is no longer of its class. */
export interface SynthesisMessage {
  bundleProblem: string;
}

const { fleet, stage, outputDirectory, keptIn, ...chosen } = workerData as SynthesisWork;
const { entries = functionEntries(fleet.service) } = chosen;

/** All that an assembly follows from; what puts it together is no part of a release. */
async function keyOf(modules: readonly BundledModule[]): Promise<string> {
  const release = await hashRelease(fleet.service, entries, modules);
  const synthesis = await readFile(new URL('../../infra/synth.ts', import.meta.url), 'utf8');
  return createHash('sha256')
    .update(JSON.stringify([release, synthesis, stage, fleet]))
    .digest('hex');
}

try {
  // Once: what is saved meanwhile would be kept under the key of what was there before.
  const modules = await bundleModules(entries);
  await writeKept(keptIn, await keyOf(modules), outputDirectory, async () => {
    // CDK takes longer to load than all else here.
    const { synthesize } = await import('../../infra/synth.ts');
    await synthesize({
      fleet,
      outputDirectory,
      stages: [stage],
      validate: false,
      entries,
      modules,
    });
  });
} catch (error) {
  if (!(error instanceof BundleError)) throw error;
  parentPort?.postMessage({ bundleProblem: error.problem } satisfies SynthesisMessage);
}
