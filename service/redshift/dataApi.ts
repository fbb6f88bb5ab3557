import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  paginateGetStatementResult,
  type ColumnMetadata,
  type Field,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import type { Clock } from '../../core/clock.ts';
import { StatementError } from '../errors.ts';

/** A cluster's database as the Redshift Data API names it, and the secret of the user that asks. */
export interface DataApiCluster {
  identifier: string;
  database: string;
  /** Secrets Manager ARN of a JSON secret with `username` and `password`. */
  secretArn: string;
}

/** Where statements go, and how long one may take. */
export interface DataApi {
  client: RedshiftDataClient;
  cluster: DataApiCluster;
  clock: Clock;
  /** Default 60,000; a statement that takes longer is cancelled. */
  timeoutMs?: number;
  /** Pause before the first look at a running statement, and the longest; it doubles. Default 20 and 1,000. */
  pollMs?: { first: number; longest: number };
  /** Ends all waiting; a statement that runs by then goes on. */
  signal?: AbortSignal;
}

export type Value = string | number | boolean | null;
/** A row by column name. Integers beyond 2^53 lose precision, as JSON does. */
export type Row = Record<string, Value>;

/** For one statement at a time: looks at it are many, and its end is soon known. */
const impatientPollMs = { first: 20, longest: 1_000 };

/**
 * Runs one statement and returns its rows. Parameters are named `:name` in the statement; the Data API
 * sends all of them as text, so cast them where the type matters.
 * @throws StatementError with the database's message, or when the time is over.
 */
export async function runSql(
  api: DataApi,
  sql: string,
  parameters: Readonly<Record<string, string | number>> = {},
): Promise<Row[]> {
  const named = Object.entries(parameters).map(([name, value]) => ({ name, value: String(value) }));
  const { Id } = await api.client.send(
    new ExecuteStatementCommand({
      ...addressOf(api),
      Sql: sql,
      ...(named.length > 0 ? { Parameters: named } : {}),
    }),
    abortOf(api),
  );
  const id = idOf(api, Id);
  const hasRows = await finished(api, id);
  return hasRows ? fetchRows(api, id) : [];
}

/**
 * Runs statements in order as one transaction.
 * @throws StatementError with the database's message; nothing of the transaction remains then.
 */
export async function runTransaction(api: DataApi, statements: readonly string[]): Promise<void> {
  const { Id } = await api.client.send(
    new BatchExecuteStatementCommand({ ...addressOf(api), Sqls: [...statements] }),
    abortOf(api),
  );
  await finished(api, idOf(api, Id));
}

const addressOf = ({ cluster }: DataApi) => ({
  ClusterIdentifier: cluster.identifier,
  Database: cluster.database,
  SecretArn: cluster.secretArn,
});

function idOf(api: DataApi, id: string | undefined): string {
  if (id !== undefined) return id;
  throw new StatementError('statementFailed', api.cluster, 'the Data API gave the statement no id');
}

const abortOf = ({ signal }: DataApi) => (signal ? { abortSignal: signal } : {});

/** Waits for a statement's end; says whether it has rows. */
async function finished(api: DataApi, id: string): Promise<boolean> {
  const { client, clock, signal, timeoutMs = 60_000, pollMs = impatientPollMs } = api;
  const deadlineMs = clock.now() + timeoutMs;
  for (let pauseMs = pollMs.first; ; pauseMs = Math.min(pauseMs * 2, pollMs.longest)) {
    await clock.sleep(Math.min(pauseMs, Math.max(0, deadlineMs - clock.now())), signal);
    const {
      Status,
      Error: message,
      HasResultSet,
    } = await client.send(new DescribeStatementCommand({ Id: id }), abortOf(api));
    if (Status === 'FINISHED') return HasResultSet ?? false;
    if (Status === 'FAILED' || Status === 'ABORTED') {
      throw new StatementError(
        'statementFailed',
        api.cluster,
        message ?? `statement ${Status.toLowerCase()}`,
      );
    }
    if (clock.now() < deadlineMs) continue;
    // Where that fails too, it ends by itself.
    await client.send(new CancelStatementCommand({ Id: id }), abortOf(api)).catch(() => undefined);
    throw new StatementError(
      'statementSlow',
      api.cluster,
      `a statement was not finished after ${timeoutMs} ms and was cancelled; is the cluster busy or paused?`,
    );
  }
}

async function fetchRows(api: DataApi, id: string): Promise<Row[]> {
  const rows: Row[] = [];
  let columns: ColumnMetadata[] = [];
  for await (const page of paginateGetStatementResult({ client: api.client }, { Id: id }, abortOf(api))) {
    columns = page.ColumnMetadata ?? columns;
    for (const record of page.Records ?? []) {
      rows.push(
        Object.fromEntries(
          record.map((field, index) => [columns[index]?.name ?? String(index), valueOf(field)]),
        ),
      );
    }
  }
  return rows;
}

const valueOf = (field: Field): Value =>
  field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue ?? null;
