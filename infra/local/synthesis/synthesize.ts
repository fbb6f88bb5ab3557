import { Worker } from 'node:worker_threads';
import { checkBudgets } from '../../budget.ts';
import type { Fleet } from '../../fleet.ts';

/**
 * Synthesizes one stage into `outputDirectory`, in a thread of its own: the stage's other parts start
 * meanwhile, and the memory that CDK needs (about 200 MiB) is given back.
 *
 * CloudFormation's own rules are not checked here (half the time of a synthesis): tests and deployments
 * check the same description.
 * @throws BudgetError, FleetConfigError before anything starts; whatever the synthesis throws.
 */
export async function synthesizeStage(fleet: Fleet, stage: string, outputDirectory: string): Promise<void> {
  checkBudgets(fleet, stage);
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { fleet, stage, outputDirectory },
  });
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the synthesis of stage "${stage}" ended with code ${code}`));
    });
  });
}
