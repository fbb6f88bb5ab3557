import { settleAtMost } from '../core/settleAtMost.ts';
import { limits } from '../monitoring/limits.ts';
import { SystemsFailedError } from './errors.ts';

/**
 * Does something with each system of a stage, some of them at once. One that fails stops no other.
 * @returns the results, in the systems' order
 * @throws SystemsFailedError naming those that failed, when all are through; where there is one system alone, its
 *   own error; the signal's reason
 */
export async function eachSystem<System extends { system: string }, Result>(
  systems: readonly System[],
  work: (system: System) => Promise<Result>,
  { signal, atOnce = limits.systemsAtOnce }: { signal?: AbortSignal | undefined; atOnce?: number } = {},
): Promise<Result[]> {
  const settled = await settleAtMost(systems, atOnce, work, signal);
  const failures = settled.flatMap((one) =>
    one.state === 'failed' ? [{ system: one.item.system, error: one.error }] : [],
  );
  if (systems.length === 1 && failures[0]) throw failures[0].error;
  if (failures.length > 0) throw new SystemsFailedError(failures, systems.length);
  return settled.flatMap((one) => (one.state === 'done' ? [one.result] : []));
}
