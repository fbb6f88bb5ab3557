import {
  ClusterNotFoundFault,
  DescribeClustersCommand,
  InvalidClusterStateFault,
  PauseClusterCommand,
  ResumeClusterCommand,
  type RedshiftClient,
} from '@aws-sdk/client-redshift';
import type { Clock } from '../core/clock.ts';
import { eachSystem } from './eachSystem.ts';
import { PauseError } from './errors.ts';

export interface PauseOptions {
  redshift: RedshiftClient;
  /** Cluster identifiers. */
  clusters: readonly string[];
  clock: Clock;
  signal: AbortSignal;
  onProgress: (line: string) => void;
}

/** A paused cluster costs its storage alone. */
type Goal = 'paused' | 'available';

const pollMs = 10_000;
/** AWS says minutes; a resume restores from a snapshot. */
const withinMs = 30 * 60_000;

/**
 * Pauses clusters and waits until they are; one that is paused already is left alone. Safe to repeat.
 * @throws PauseError naming the cluster that isn't there, or did not get there in half an hour, when all others have;
 *   SystemsFailedError with several; the signal's reason when aborted.
 */
export const pauseClusters = (options: PauseOptions): Promise<void> => bringAll(options, 'paused');

/** Resumes clusters and waits until they answer; the rest as for pausing. */
export const resumeClusters = (options: PauseOptions): Promise<void> => bringAll(options, 'available');

async function bringAll(options: PauseOptions, goal: Goal): Promise<void> {
  const { clusters, signal } = options;
  await eachSystem(
    clusters.map((cluster) => ({ system: cluster })),
    ({ system: cluster }) => bring(cluster, options, goal),
    // All at once: each takes minutes, of which it is asked for a moment.
    { signal, atOnce: clusters.length },
  );
}

async function bring(cluster: string, options: PauseOptions, goal: Goal): Promise<void> {
  const { redshift, clock, signal, onProgress } = options;
  const deadlineMs = clock.now() + withinMs;
  const ask = (): Promise<unknown> =>
    goal === 'paused'
      ? redshift.send(new PauseClusterCommand({ ClusterIdentifier: cluster }), { abortSignal: signal })
      : redshift.send(new ResumeClusterCommand({ ClusterIdentifier: cluster }), { abortSignal: signal });
  for (let asked = false; ; await clock.sleep(pollMs, signal)) {
    signal.throwIfAborted();
    const status = await statusOf(cluster, options);
    if (status === goal) return onProgress(`${cluster}: ${goal}`);
    if (clock.now() >= deadlineMs) {
      throw new PauseError(
        cluster,
        `is still ${status} after ${withinMs / 60_000} minutes, expected ${goal}`,
      );
    }
    // Anything else is on its way, here or elsewhere, and is waited for first.
    if (asked || status !== (goal === 'paused' ? 'available' : 'paused')) continue;
    try {
      await ask();
      asked = true;
      onProgress(`${cluster}: ${goal === 'paused' ? 'pausing' : 'resuming'}`);
    } catch (error) {
      // A change began since it was looked at: the next look tells.
      if (!(error instanceof InvalidClusterStateFault)) throw error;
    }
  }
}

async function statusOf(cluster: string, { redshift, signal }: PauseOptions): Promise<string> {
  try {
    const { Clusters } = await redshift.send(new DescribeClustersCommand({ ClusterIdentifier: cluster }), {
      abortSignal: signal,
    });
    return Clusters?.[0]?.ClusterStatus ?? 'unknown';
  } catch (error) {
    if (!(error instanceof ClusterNotFoundFault)) throw error;
    throw new PauseError(cluster, 'is not there; is the system deployed?', { cause: error });
  }
}
