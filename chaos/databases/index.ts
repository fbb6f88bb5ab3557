import type { DatabaseEngine } from '../../fleet/adoption/database.ts';
import { auroraPostgresql } from './auroraPostgresql.ts';
import type { ManagedDatabase } from './managedDatabase.ts';
import { rdsPostgresql } from './rdsPostgresql.ts';
import { redshift } from './redshift.ts';

/** Every kind of database that a drill can restart. */
export const managedDatabases: Readonly<Record<DatabaseEngine, ManagedDatabase>> = {
  redshift,
  'rds-postgresql': rdsPostgresql,
  'aurora-postgresql': auroraPostgresql,
};
