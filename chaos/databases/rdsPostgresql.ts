import type { ManagedDatabase } from './managedDatabase.ts';
import { instanceStatuses, rebootInstance } from './rdsInstances.ts';

/** An instance of RDS for PostgreSQL, which its identifier names. */
export const rdsPostgresql: ManagedDatabase = {
  noun: 'instance',
  rebootAction: 'rds:RebootDBInstance',
  statuses: ({ rds }, signal) => instanceStatuses(rds, signal),
  reboot: ({ rds }, identifier) => rebootInstance(rds, identifier),
};
