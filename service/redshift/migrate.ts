import type { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../clock.ts';
import { MigrationError, StatementError } from '../errors.ts';
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
 * applied file is skipped, users and grants are made as they should be. Runs at the same time follow one
 * another, file by file.
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
  await repeated(() => runSql(api, createHistory));
  const applied: string[] = [];
  for (;;) {
    const [next] = pendingOf(migrations, await readHistory(api));
    if (!next) break;
    try {
      await apply(api, next);
    } catch (error) {
      // Another run was quicker with this file, or it failed.
      if ((await readHistory(api)).length < next.version) throw error;
      continue;
    }
    applied.push(next.file);
    onProgress(`${cluster.identifier}: applied ${next.file}`);
  }
  await repeated(() => ensureUsers(api, dialect, lockHistory, { api: apiUser, subscriber, probe }));
  onProgress(`${cluster.identifier}: users and grants are in place`);
  return { dialect, applied };
}

const createHistory = `
  CREATE TABLE IF NOT EXISTS schema_migrations (
    version INTEGER NOT NULL,
    file VARCHAR(256) NOT NULL,
    checksum VARCHAR(64) NOT NULL
  )`;

/** First in every transaction of a run: of two runs at once the second waits, and then sees the first. */
const lockHistory = 'LOCK TABLE schema_migrations';

/**
 * Applies a file and records it, or does neither. The Data API knows no conditions: a division by zero
 * ends the transaction of whoever comes second.
 */
const apply = (api: DataApi, { version, file, checksum, statements }: Migration): Promise<void> =>
  runTransaction(api, [
    lockHistory,
    `SELECT 1 / (CASE WHEN COUNT(*) = ${version - 1} THEN 1 ELSE 0 END) FROM schema_migrations`,
    ...statements,
    `INSERT INTO schema_migrations (version, file, checksum) VALUES (${version}, ` +
      `${quoteLiteral(file)}, ${quoteLiteral(checksum)})`,
  ]);

const maxTries = 3;

/**
 * For steps that may be repeated as they are: two runs that create the same table or user at once get in
 * each other's way in the database's own catalogue.
 */
async function repeated<Result>(step: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await step();
    } catch (error) {
      const again = error instanceof StatementError && error.errorCode === 'statementFailed';
      if (!again || tries === maxTries) throw error;
    }
  }
}

interface HistoryEntry {
  version: number;
  file: string;
  checksum: string;
}

async function readHistory(api: DataApi): Promise<HistoryEntry[]> {
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
