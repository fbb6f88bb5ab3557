import type { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../clock.ts';
import { MigrationError } from '../errors.ts';
import { readCredentials } from './credentials.ts';
import { runSql, runTransaction, type DataApi } from './dataApi.ts';
import { ensureUsers } from './databaseUsers.ts';
import { detectDialect, type Dialect } from './dialect.ts';
import { quoteLiteral } from './literals.ts';
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
  const api: DataApi = {
    client: options.dataApi,
    clock: options.clock,
    cluster: {
      identifier: cluster.identifier,
      database: cluster.database,
      secretArn: cluster.adminSecretArn,
    },
  };
  const [dialect, migrations, apiUser, subscriber, probe] = await Promise.all([
    detectDialect(api),
    readMigrations(directory),
    readCredentials(secrets, cluster.apiSecretArn),
    readCredentials(secrets, cluster.subscriberSecretArn),
    readCredentials(secrets, cluster.probeSecretArn),
  ]);
  const pending = pendingOf(migrations, await readHistory(api));
  for (const migration of pending) {
    await runTransaction(api, [
      ...migration.statements,
      `INSERT INTO schema_migrations (version, file, checksum) VALUES (${migration.version}, ` +
        `${quoteLiteral(migration.file)}, ${quoteLiteral(migration.checksum)})`,
    ]);
    onProgress(`${cluster.identifier}: applied ${migration.file}`);
  }
  await ensureUsers(api, dialect, { api: apiUser, subscriber, probe });
  onProgress(`${cluster.identifier}: users and grants are in place`);
  return { dialect, applied: pending.map(({ file }) => file) };
}

interface HistoryEntry {
  version: number;
  file: string;
  checksum: string;
}

async function readHistory(api: DataApi): Promise<HistoryEntry[]> {
  await runSql(
    api,
    `CREATE TABLE IF NOT EXISTS schema_migrations (
       version INTEGER NOT NULL,
       file VARCHAR(256) NOT NULL,
       checksum VARCHAR(64) NOT NULL
     )`,
  );
  const rows = await runSql(api, 'SELECT version, file, checksum FROM schema_migrations ORDER BY version');
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
