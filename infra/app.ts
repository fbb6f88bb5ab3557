import { fileURLToPath } from 'node:url';
import { loadFleet } from './fleet.ts';
import { synthesize } from './synth.ts';

/**
 * The CDK app. `HEADROOM_STAGE` chooses one stage; without it, every stage but the one on this machine is
 * synthesized. `cdk` says in `CDK_OUTDIR` where the assembly goes.
 */
const fleet = await loadFleet(fileURLToPath(new URL('../fleet.config.ts', import.meta.url)));
const chosen = process.env['HEADROOM_STAGE'];
await synthesize({
  fleet,
  stages: chosen ? [chosen] : Object.keys(fleet.stages).filter((stage) => stage !== 'local'),
  outputDirectory: process.env['CDK_OUTDIR'] ?? 'cdk.out',
});
