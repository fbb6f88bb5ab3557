import { Worker } from 'node:worker_threads';
import { checkBudgets } from '../../infra/budget.ts';
import { BundleError } from '../../infra/errors.ts';
import type { SynthesisMessage, SynthesisWork } from './worker.ts';

/**
 * Synthesizes one stage into its `outputDirectory`, in a thread of its own: the stage's other parts start
 * meanwhile, and the memory that CDK needs (about 200 MiB) is given back. What was synthesized of the same code and
 * configuration before is taken again: most of a start's time goes into it.
 *
 * CloudFormation's own rules are not checked here (half the time of a synthesis): tests and deployments
 * check the same description.
 * @throws BudgetError, FleetConfigError before anything starts; BundleError when the functions' code cannot
 *   be bundled; an error of the thread's message for what nobody foresaw.
 */
export async function synthesizeStage(work: SynthesisWork): Promise<void> {
  const { fleet, stage } = work;
  checkBudgets(fleet, stage);
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: work });
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', ({ bundleProblem }: SynthesisMessage) => reject(new BundleError(bundleProblem)));
    worker.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the synthesis of stage "${stage}" ended with code ${code}`));
    });
  });
}
