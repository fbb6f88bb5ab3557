import type { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../../core/clock.ts';
import type { ServiceSchema } from '../../fleet/service.ts';
import { MigrationError, StatementError } from '../errors.ts';
import { readCredentials } from './credentials.ts';
import { runSql, runTransaction, type DataApi } from './dataApi.ts';
import { ensureUsers, grantOnSchema } from './databaseUsers.ts';
import { detectDialect, type Dialect } from './dialect.ts';
import { quoteIdentifier, quoteLiteral } from './literals.ts';
import { readMigrations, type Migration } from './migrationFiles.ts';

export interface MigrateOptions extends ServiceSchema {
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
  const { secrets, cluster, onProgress = () => {}, directory, grants } = options;
  const { schema } = cluster;
  const api = adminApi(options);
  const [dialect, migrations, apiUser, subscriber, probe] = await Promise.all([
    detectDialect(api),
    readMigrations(directory),
    readCredentials(secrets, cluster.apiSecretArn),
    readCredentials(secrets, cluster.subscriberSecretArn),
    readCredentials(secrets, cluster.probeSecretArn),
  ]);
  const history = historyIn(schema);
  // Each statement of the Data API has a session of its own: what names its schema need not find it.
  if (schema !== undefined) {
    await repeated(() => runSql(api, `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)}`));
  }
  await repeated(() => runSql(api, history.create));
  const applied: string[] = [];
  for (;;) {
    const [next] = pendingOf(migrations, await readHistory(api, history));
    if (!next) break;
    try {
      await apply(api, history, next);
    } catch (error) {
      // Another run was quicker with this file, or it failed.
      if ((await readHistory(api, history)).length < next.version) throw error;
      continue;
    }
    applied.push(next.file);
    onProgress(`${cluster.identifier}: applied ${next.file}`);
  }
  const users = { api: apiUser, subscriber, probe };
  await repeated(() =>
    schema === undefined
      ? ensureUsers(api, dialect, history.lock, users, grants)
      : grantOnSchema(api, schema, history.lock, users, grants),
  );
  onProgress(`${cluster.identifier}: users and grants are in place`);
  return { dialect, applied };
}

/**
 * Files that a migration would apply now. Changes nothing.
 * @throws as migrate; StatementError also where nothing was ever applied.
 */
export async function pendingMigrations(
  options: Pick<MigrateOptions, 'dataApi' | 'clock' | 'cluster' | 'directory'>,
): Promise<string[]> {
  const migrations = await readMigrations(options.directory);
  const history = await readHistory(adminApi(options), historyIn(options.cluster.schema));
  return pendingOf(migrations, history).map(({ file }) => file);
}

const historyTable = 'schema_migrations';

/** What has been applied, kept beside the tables themselves. */
interface History {
  table: string;
  create: string;
  /** First in every transaction of a run: of two runs at once the second waits, and then sees the first. */
  lock: string;
  /** Makes names without a schema mean the history's own. */
  enter: string[];
}

function historyIn(schema: string | undefined): History {
  const table = `${quoteIdentifier(schema ?? 'public')}.${historyTable}`;
  return {
    table,
    create: `
      CREATE TABLE IF NOT EXISTS ${table} (
        version INTEGER NOT NULL,
        file VARCHAR(256) NOT NULL,
        checksum VARCHAR(64) NOT NULL
      )`,
    lock: `LOCK TABLE ${table}`,
    enter: schema === undefined ? [] : [`SET search_path TO ${quoteIdentifier(schema)}`],
  };
}

/**
 * Applies a file and records it, or does neither. The Data API knows no conditions: a division by zero
 * ends the transaction of whoever comes second.
 */
const apply = (
  api: DataApi,
  { table, lock, enter }: History,
  { version, file, checksum, statements }: Migration,
): Promise<void> =>
  runTransaction(api, [
    ...enter,
    lock,
    `SELECT 1 / (CASE WHEN COUNT(*) = ${version - 1} THEN 1 ELSE 0 END) FROM ${table}`,
    ...statements,
    `INSERT INTO ${table} (version, file, checksum) VALUES (${version}, ` +
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

/**
 * The schemas in which migrations were applied, the database's own among them.
 * @throws StatementError with the database's message.
 */
export async function migratedSchemas(
  options: Pick<MigrateOptions, 'dataApi' | 'clock' | 'cluster'>,
): Promise<string[]> {
  const rows = await runSql(
    adminApi(options),
    `SELECT n.nspname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relname = '${historyTable}' ORDER BY n.nspname`,
  );
  return rows.map(({ name }) => String(name));
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

async function readHistory(api: DataApi, { table }: History): Promise<HistoryEntry[]> {
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
        'was applied to this database in a form other than the file has now; restore the file and write the ' +
          'change as a new migration',
      );
    }
  }
  return migrations.slice(history.length);
}
