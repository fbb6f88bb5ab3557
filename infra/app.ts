import { enableCompileCache } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BudgetError, BundleError, TemplateRuleError } from './errors.ts';
import { FleetConfigError } from '../fleet/errors.ts';
import { loadFleet } from '../fleet/fleet.ts';

const stateDirectory =
  process.env['HEADROOM_STATE_DIRECTORY'] ?? fileURLToPath(new URL('../.headroom', import.meta.url));

// What is loaded from here on is kept as V8 compiled it: CDK takes a second to load, and half of that with it.
enableCompileCache(process.env['NODE_COMPILE_CACHE'] ?? resolve(stateDirectory, 'cache/compiled'));

/**
 * The CDK app. `HEADROOM_CONFIG` names the fleet's configuration; without it, it is the project's own.
 * `HEADROOM_STAGE` chooses one stage; without it, every stage is synthesized but the one on
 * this machine and those of single runs. `cdk` says in `CDK_OUTDIR` where the assembly goes. A mistake in the configuration ends it
 * with exit code 2.
 */
try {
  const own = fileURLToPath(new URL('../fleet.config.ts', import.meta.url));
  const fleet = await loadFleet(resolve(process.env['HEADROOM_CONFIG'] ?? own));
  const chosen = process.env['HEADROOM_STAGE'];
  const { synthesize } = await import('./synth.ts');
  await synthesize({
    fleet,
    stages: chosen
      ? [chosen]
      : Object.entries(fleet.stages).flatMap(([stage, { runsOn }]) =>
          stage === 'local' || runsOn ? [] : [stage],
        ),
    outputDirectory: process.env['CDK_OUTDIR'] ?? 'cdk.out',
  });
} catch (error) {
  const mistake = [FleetConfigError, BudgetError, BundleError, TemplateRuleError].some(
    (known) => error instanceof known,
  );
  if (!mistake) throw error;
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
