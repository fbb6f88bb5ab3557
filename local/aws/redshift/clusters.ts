import { EventEmitter } from 'node:events';
import type { Clock } from '../../../core/clock.ts';
import { AwsError } from '../errors.ts';

/** The PostgreSQL database that stands for a cluster. */
export interface Cluster {
  host: string;
  port: number;
  database: string;
  /** Groups before it; left out, nobody asks. */
  securityGroupIds?: readonly string[];
  adminSecretArn?: string;
}

export type ClusterStatus = 'available' | 'rebooting';

/**
 * How long a cluster reboots. AWS names no time but a momentary outage: six of a stage's minutes where they have five
 * seconds, three where they have ten.
 */
const rebootMs = 30_000;

/** How often sessions are ended once more: one may have been on its way in when the reboot began. */
const endSessionsAgainAfterMs = [0, 250, 1_000];

interface Entry extends Cluster {
  status: ClusterStatus;
  /** Ends every session of its database. */
  endSessions: () => Promise<void>;
}

/**
 * The clusters and whether each is there: `change` follows every change of that. Where its database answers, past the
 * proxy that obeys the security groups.
 */
export class Clusters extends EventEmitter<{ change: [] }> {
  readonly #byIdentifier = new Map<string, Entry>();
  readonly #clock: Clock;
  readonly #closing = new AbortController();

  constructor(clock: Clock) {
    super();
    this.#clock = clock;
  }

  /** @param endSessions ends every session of its database; left out, nobody has one */
  add(identifier: string, cluster: Cluster, endSessions = (): Promise<void> => Promise.resolve()): void {
    this.#byIdentifier.set(identifier, { ...cluster, status: 'available', endSessions });
  }

  identifiers(): string[] {
    return [...this.#byIdentifier.keys()];
  }

  /** A cluster with whether it is there; undefined where there is none. */
  find(identifier: string): (Cluster & { status: ClusterStatus }) | undefined {
    return this.#byIdentifier.get(identifier);
  }

  /** Undefined where there is no such cluster. */
  statusOf(identifier: string): ClusterStatus | undefined {
    return this.#byIdentifier.get(identifier)?.status;
  }

  /** @throws AwsError `ValidationException` when there is none, or it is not there now */
  get(identifier: string): Cluster {
    const cluster = this.#byIdentifier.get(identifier);
    if (cluster === undefined) {
      throw new AwsError('ValidationException', `Redshift cluster ${identifier} not found.`);
    }
    if (cluster.status !== 'available') {
      throw new AwsError('ValidationException', `Redshift cluster ${identifier} is ${cluster.status}.`);
    }
    return cluster;
  }

  /**
   * Begins a reboot: its sessions end, and nobody gets in until it is over.
   * @throws AwsError `ClusterNotFound` or `InvalidClusterState`
   */
  reboot(identifier: string): void {
    const cluster = this.#byIdentifier.get(identifier);
    if (cluster === undefined) {
      throw new AwsError('ClusterNotFound', `Cluster ${identifier} not found.`, { statusCode: 404 });
    }
    if (cluster.status !== 'available') {
      throw new AwsError(
        'InvalidClusterState',
        `There is an operation running on the Cluster ${identifier}: it is ${cluster.status}.`,
      );
    }
    cluster.status = 'rebooting';
    this.emit('change');
    void this.#bringBack(cluster);
  }

  /** Reboots under way come to no end. */
  close(): void {
    this.#closing.abort();
  }

  async #bringBack(cluster: Entry): Promise<void> {
    const { signal } = this.#closing;
    try {
      for (const afterMs of endSessionsAgainAfterMs) {
        await this.#clock.sleep(afterMs, signal);
        // A server that does not answer has no sessions, and the stage tells of it by itself.
        await cluster.endSessions().catch(() => undefined);
      }
      await this.#clock.sleep(rebootMs - endSessionsAgainAfterMs.reduce((sum, ms) => sum + ms, 0), signal);
    } catch {
      return;
    }
    cluster.status = 'available';
    this.emit('change');
  }
}
