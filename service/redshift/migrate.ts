import type { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../clock.ts';
import { MigrationError } from '../errors.ts';
import { readCredentials } from './credentials.ts';
import { runSql, runTransaction, type DataApi } from './dataApi.ts';
import { ensureUsers, grantOnSchema } from './databaseUsers.ts';
import { detectDialect, type Dialect } from './dialect.ts';
import { quoteIdentifier, quoteLiteral } from './literals.ts';
import { migrationsDirectory, readMigrations, type Migration } from './migrationFiles.ts';

export interface MigrateOptions {
  dataApi: RedshiftDataClient;
  secrets: SecretsManagerClient;
  /** Secrets Manager ARNs of the database's admin and of the users that the migration creates. */
  cluster: {
    identifier: string;
    database: string;
    adminSecretArn: string;
    apiSecretArn: string;
    subscriberSecretArn: string;
    probeSecretArn: string;
    /** Where the tables are, when not in the database's own schema `public`: a run's, whose users another
     * stage's migration makes. */
    schema?: string | undefined;
  };
  clock: Clock;
  /** A line for the reader each time something was done. */
  onProgress?: (line: string) => void;
  /** Where the numbered files are; default the service's own. */
  directory?: string;
}

export interface MigrateResult {
  dialect: Dialect;
  /** Files applied by this run; empty when the schema was current. */
  applied: string[];
}

/**
 * Brings a system's database to the current schema, users and grants. May be run again at any time: an
 * applied file is skipped, users and grants are made as they should be.
 * @throws MigrationError when an applied file was changed or is missing; StatementError with the
 *   database's message; UnknownDialectError; DatabaseUnavailableError when a secret cannot be read.
 */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  const { secrets, cluster, onProgress = () => {}, directory = migrationsDirectory } = options;
  const { schema } = cluster;
  const api = adminApi(options);
  const [dialect, migrations, apiUser, subscriber, probe] = await Promise.all([
    detectDialect(api),
    readMigrations(directory),
    readCredentials(secrets, cluster.apiSecretArn),
    readCredentials(secrets, cluster.subscriberSecretArn),
    readCredentials(secrets, cluster.probeSecretArn),
  ]);
  // Each statement of the Data API has a session of its own: what names its schema need not find it.
  if (schema !== undefined) await runSql(api, `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)}`);
  const inSchema = schema === undefined ? [] : [`SET search_path TO ${quoteIdentifier(schema)}`];
  const pending = pendingOf(migrations, await readHistory(api, schema));
  for (const migration of pending) {
    await runTransaction(api, [
      ...inSchema,
      ...migration.statements,
      `INSERT INTO schema_migrations (version, file, checksum) VALUES (${migration.version}, ` +
        `${quoteLiteral(migration.file)}, ${quoteLiteral(migration.checksum)})`,
    ]);
    onProgress(`${cluster.identifier}: applied ${migration.file}`);
  }
  const users = { api: apiUser, subscriber, probe };
  await (schema === undefined ? ensureUsers(api, dialect, users) : grantOnSchema(api, schema, users));
  onProgress(`${cluster.identifier}: users and grants are in place`);
  return { dialect, applied: pending.map(({ file }) => file) };
}

/**
 * Removes what migrations made in a schema of its own, its clients included. Safe to repeat.
 * @throws StatementError with the database's message.
 */
export async function removeSchema(
  options: Pick<MigrateOptions, 'dataApi' | 'clock' | 'cluster'>,
  schema: string,
): Promise<void> {
  await runSql(adminApi(options), `DROP SCHEMA IF EXISTS ${quoteIdentifier(schema)} CASCADE`);
}

const adminApi = ({
  dataApi,
  clock,
  cluster,
}: Pick<MigrateOptions, 'dataApi' | 'clock' | 'cluster'>): DataApi => ({
  client: dataApi,
  clock,
  cluster: {
    identifier: cluster.identifier,
    database: cluster.database,
    secretArn: cluster.adminSecretArn,
  },
});

interface HistoryEntry {
  version: number;
  file: string;
  checksum: string;
}

async function readHistory(api: DataApi, schema = 'public'): Promise<HistoryEntry[]> {
  const table = `${quoteIdentifier(schema)}.schema_migrations`;
  await runSql(
    api,
    `CREATE TABLE IF NOT EXISTS ${table} (
       version INTEGER NOT NULL,
       file VARCHAR(256) NOT NULL,
       checksum VARCHAR(64) NOT NULL
     )`,
  );
  const rows = await runSql(api, `SELECT version, file, checksum FROM ${table} ORDER BY version`);
  return rows.map((row) => ({
    version: Number(row['version']),
    file: String(row['file']),
    checksum: String(row['checksum']),
  }));
}

function pendingOf(migrations: readonly Migration[], history: readonly HistoryEntry[]): Migration[] {
  for (const applied of history) {
    const migration = migrations[applied.version - 1];
    if (migration?.file !== applied.file || migration.checksum !== applied.checksum) {
      throw new MigrationError(
        'migrationChanged',
        applied.file,
        'was applied to this database in another form than the file has now; restore the file and write the ' +
          'change as a new migration',
      );
    }
  }
  return migrations.slice(history.length);
}
