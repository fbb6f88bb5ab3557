import {
  DeleteStackCommand,
  DescribeStacksCommand,
  type CloudFormationClient,
} from '@aws-sdk/client-cloudformation';
import type { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import type { Clock } from '../../core/clock.ts';
import { describeError } from '../../core/describeError.ts';
import type { SystemDocument } from '../../fleet/systemDocument.ts';
import { removeSchema } from '../../service/redshift/migrate.ts';
import { sortRuns, type RunRemains, type RunStack, type Sorted } from './leftovers.ts';
import { listRunSchemas } from './runSchemas.ts';
import { listRunStacks } from './runStacks.ts';

export interface FindOptions {
  cloudFormation: CloudFormationClient;
  dataApi: RedshiftDataClient;
  /** Stages that are made anew for each run. */
  stages: readonly string[];
  /** The systems in whose databases they work. */
  systems: readonly SystemDocument[];
  /** For how long nobody has changed a run's stacks when it is taken for over. */
  leftAfterMs: number;
  clock: Clock;
}

export interface SweepOptions extends FindOptions {
  signal: AbortSignal;
  onProgress: (line: string) => void;
}

/** In words, each with the run's name in it. */
export interface Removed {
  removed: string[];
  /** With the reason. */
  failed: string[];
}

export interface Found extends Sorted {
  /** Databases that could not be asked, with the reason. */
  failed: string[];
}

/** What is left of runs that are over. Changes nothing. */
export async function findLeftovers(options: FindOptions): Promise<Found> {
  const { cloudFormation, stages, systems, clock, leftAfterMs } = options;
  const failed: string[] = [];
  const schemas = await Promise.all(
    systems.map((document) =>
      listRunSchemas(options, stages, document).catch((error: unknown) => {
        failed.push(
          `${document.system}: its database could not be asked for schemas: ${describeError(error)}`,
        );
        return [];
      }),
    ),
  );
  const stacks = await listRunStacks(cloudFormation, stages);
  return { ...sortRuns(stacks, schemas.flat(), { nowMs: clock.now(), leftAfterMs }), failed };
}

/**
 * Removes what was found: each run's schemas, then its stacks, and waits until these are gone. What fails keeps nothing
 * else from being removed; a removal that failed before is tried again.
 * @throws the signal's reason when aborted
 */
export async function removeLeftovers(
  options: SweepOptions,
  leftovers: readonly RunRemains[],
): Promise<Removed> {
  const { systems, signal, onProgress } = options;
  const removed: string[] = [];
  const failed: string[] = [];
  const attempt = async (what: string, remove: () => Promise<void>): Promise<void> => {
    signal.throwIfAborted();
    try {
      await remove();
      removed.push(what);
      onProgress(`removed ${what}`);
    } catch (error) {
      signal.throwIfAborted();
      failed.push(`${what}: ${describeError(error)}`);
    }
  };
  for (const { schemas } of leftovers) {
    for (const { schema, system } of schemas) {
      const { cluster } = systems.find((one) => one.system === system)!;
      await attempt(`schema ${schema} of ${system}`, () => removeSchema({ ...options, cluster }, schema));
    }
  }
  const stacks = leftovers.flatMap((one) => one.stacks);
  await Promise.all(stacks.map((stack) => attempt(`stack ${stack.name}`, () => removeStack(options, stack))));
  return { removed, failed };
}

const pollMs = 10_000;
/** A function in a network can take 45 minutes to go. */
const withinMs = 50 * 60_000;

/** As the role that made it: CloudFormation has kept it. @throws Error with what CloudFormation says */
async function removeStack({ cloudFormation, clock, signal }: SweepOptions, { id }: RunStack): Promise<void> {
  const deadlineMs = clock.now() + withinMs;
  const StackName = id;
  await cloudFormation.send(new DeleteStackCommand({ StackName }), { abortSignal: signal });
  for (;;) {
    // By its id a stack is known when it is gone, too.
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName }), {
      abortSignal: signal,
    });
    const { StackStatus = 'unknown', StackStatusReason = '' } = Stacks?.[0] ?? {};
    if (StackStatus === 'DELETE_COMPLETE') return;
    if (StackStatus === 'DELETE_FAILED') throw new Error(`DELETE_FAILED ${StackStatusReason}`.trim());
    if (clock.now() >= deadlineMs) {
      throw new Error(`is still ${StackStatus} after ${withinMs / 60_000} minutes`);
    }
    await clock.sleep(pollMs, signal);
  }
}
