import type { PoolConfig } from 'pg';
import { selectClient } from '../../service/redshift/sql.ts';

/** The database that the environment names, for the bare servers. */
export function databaseOf(environment: NodeJS.ProcessEnv): PoolConfig {
  const { DATABASE_HOST, DATABASE_PORT, DATABASE_NAME, DATABASE_USER, DATABASE_PASSWORD } = environment;
  return {
    host: DATABASE_HOST,
    port: Number(DATABASE_PORT),
    database: DATABASE_NAME,
    user: DATABASE_USER,
    password: DATABASE_PASSWORD,
  };
}

/** The service's own statement, prepared once a connection. */
export const lookUpQuery = (id: string) => ({ name: 'lookUp', text: selectClient, values: [id] });
