import type { DrillClients } from '../faults/fault.ts';

/** The clients of the APIs that databases are managed by. */
export type DatabaseClients = Pick<DrillClients, 'rds' | 'redshift'>;

/** How a kind of database is seen and restarted by the API that manages it. */
export interface ManagedDatabase {
  /** What its identifier names, for people. */
  noun: 'cluster' | 'instance';
  /** What a reboot takes, as IAM writes it. */
  rebootAction: string;
  /**
   * The status of every database of its kind in the account, by identifier, in AWS's words: `available`, `rebooting`…
   * @param signal gives the look up
   */
  statuses(clients: DatabaseClients, signal?: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /**
   * Asks AWS to restart it, and resolves when AWS has taken that.
   * @throws FaultNotAppliedError where it is in no state to be restarted
   */
  reboot(clients: DatabaseClients, identifier: string): Promise<void>;
}

/** The one status of a database that can be restarted, and that answers. */
export const available = 'available';

/** What AWS did not tell. */
export const unknownStatus = 'unknown';
