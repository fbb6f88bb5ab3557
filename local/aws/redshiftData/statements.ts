import { randomUUID } from 'node:crypto';
import { Client, type ClientConfig, type QueryArrayConfig } from 'pg';
import { z } from 'zod';
import type { Clock } from '../../../core/clock.ts';
import { AwsError } from '../errors.ts';
import type { Secrets } from '../secretsManager/secrets.ts';
import type { Clusters } from '../redshift/clusters.ts';
import { toPositional, type PositionalQuery } from './namedParameters.ts';
import { toStatementResult, type StatementResult } from './result.ts';
import type { Statement, StatementRequest, StatementStatus, SubStatement } from './statement.ts';

const connectTimeoutMs = 5_000;
/** Results are kept in memory; the oldest go first. */
const keptStatements = 1_000;
/** PostgreSQL's code for a statement that was cancelled. */
const queryCanceled = '57014';

const databaseSecretSchema = z.object({ username: z.string(), password: z.string() });

/** What a client of PostgreSQL is made with. */
interface Session extends ClientConfig {
  database: string;
}

/** Whose database is asked. */
export type SessionRequest = Pick<StatementRequest, 'clusterIdentifier' | 'database' | 'secretArn'>;

interface Run {
  client: Client;
  session: Session;
  cancelled: boolean;
}

/**
 * Runs SQL as the Data API does: asynchronously, each request in a session of its own, a batch in one
 * transaction, past the security groups.
 */
export class Statements {
  readonly #clusters: Clusters;
  readonly #secrets: Secrets;
  readonly #clock: Clock;
  readonly #byId = new Map<string, Statement>();
  readonly #running = new Map<string, Run>();

  constructor(dependencies: { clusters: Clusters; secrets: Secrets; clock: Clock }) {
    this.#clusters = dependencies.clusters;
    this.#secrets = dependencies.secrets;
    this.#clock = dependencies.clock;
  }

  /**
   * Accepts a request; it runs after this returns.
   * @throws AwsError for a cluster, database, secret or parameter that does not fit.
   */
  submit(request: StatementRequest): Statement {
    const repeated = this.all().find(
      ({ clientToken }) => clientToken !== undefined && clientToken === request.clientToken,
    );
    if (repeated) return repeated;
    const session = this.#session(request);
    const queries = toPositional(request.sqls, request.parameters);
    const id = randomUUID();
    const nowMs = this.#clock.now();
    const statement: Statement = {
      ...request,
      id,
      database: session.database,
      subStatements: request.sqls.map((sql, index) => ({
        id: request.isBatch ? `${id}:${index + 1}` : id,
        sql,
        status: 'SUBMITTED',
        createdMs: nowMs,
        updatedMs: nowMs,
      })),
      status: 'SUBMITTED',
      createdMs: nowMs,
      updatedMs: nowMs,
    };
    const client = new Client(session);
    const run: Run = { client, session, cancelled: false };
    this.#running.set(id, run);
    this.#keep(statement);
    void this.#run(statement, queries, run);
    return statement;
  }

  /**
   * Rows of one question about a database, asked at once and kept nowhere.
   * @throws AwsError for a cluster, database or secret that does not fit, and `DatabaseConnectionException`
   */
  async ask<Row extends object>(
    request: SessionRequest,
    text: string,
    values: readonly unknown[],
  ): Promise<Row[]> {
    return this.#inSession(
      request,
      async (client) => (await client.query<Row>(text, [...values])).rows,
      (message) => new AwsError('DatabaseConnectionException', message, { statusCode: 500 }),
    );
  }

  /**
   * Runs one statement to its end, and keeps nothing of it.
   * @throws AwsError for a cluster, database or secret that does not fit, and `DatabaseErrorException`
   */
  async execute(request: SessionRequest, sql: string): Promise<StatementResult> {
    return this.#inSession(
      request,
      (client) => resultOf(client, { text: sql, values: [] }),
      (message) => new AwsError('DatabaseErrorException', `ERROR: ${message}`),
    );
  }

  /** Work in a session of its own, which ends with it; what fails in it is an error of AWS's. */
  async #inSession<T>(
    request: SessionRequest,
    work: (client: Client) => Promise<T>,
    errorOf: (message: string) => AwsError,
  ): Promise<T> {
    const client = new Client(this.#session(request));
    client.on('error', () => {});
    try {
      await client.connect();
      return await work(client);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw Object.assign(errorOf(message), { cause: error });
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** @throws AwsError `ResourceNotFoundException` */
  get(id: string): Statement {
    const statement = this.#byId.get(id);
    if (statement) return statement;
    throw new AwsError('ResourceNotFoundException', `Query ${id} does not exist.`);
  }

  /** Newest first. */
  all(): Statement[] {
    return [...this.#byId.values()].toReversed();
  }

  /** @throws AwsError when the statement has ended already. */
  async cancel(id: string): Promise<void> {
    const statement = this.get(id);
    const run = this.#running.get(id);
    if (!run) {
      throw new AwsError(
        'ValidationException',
        `Could not cancel a query that is already in ${statement.status} state`,
      );
    }
    run.cancelled = true;
    if (statement.pid === undefined) return;
    const client = new Client(run.session);
    client.on('error', () => {});
    await client.connect();
    try {
      await client.query('SELECT pg_cancel_backend($1)', [statement.pid]);
    } finally {
      await client.end();
    }
  }

  /** Ends every session that still runs. */
  async close(): Promise<void> {
    const runs = [...this.#running.values()];
    for (const run of runs) run.cancelled = true;
    await Promise.allSettled(runs.map((run) => run.client.end()));
  }

  async #run(statement: Statement, queries: readonly PositionalQuery[], run: Run): Promise<void> {
    const { client } = run;
    // A session may be ended from outside; the query that runs then fails by itself.
    client.on('error', () => {});
    try {
      await client.connect();
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      statement.pid = rows[0]?.pid ?? 0;
      this.#update(statement, 'STARTED');
      if (statement.isBatch) await client.query('BEGIN');
      for (const [index, subStatement] of statement.subStatements.entries()) {
        if (run.cancelled) throw new Error('cancelled');
        await this.#runOne(client, subStatement, queries[index] ?? { text: subStatement.sql, values: [] });
      }
      if (statement.isBatch) await client.query('COMMIT');
      this.#update(statement, 'FINISHED');
    } catch (error) {
      this.#fail(statement, run, error);
    } finally {
      this.#running.delete(statement.id);
      // Ending the session rolls back what was not committed.
      await client.end().catch(() => {});
    }
  }

  async #runOne(client: Client, subStatement: SubStatement, query: PositionalQuery): Promise<void> {
    this.#update(subStatement, 'STARTED');
    subStatement.result = await resultOf(client, query);
    this.#update(subStatement, 'FINISHED');
  }

  #fail(statement: Statement, run: Run, error: unknown): void {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const message = `ERROR: ${error instanceof Error ? error.message : String(error)}`;
    const status = run.cancelled || code === queryCanceled ? 'ABORTED' : 'FAILED';
    for (const subStatement of statement.subStatements) {
      if (subStatement.status === 'STARTED') {
        subStatement.error = message;
        this.#update(subStatement, status);
      } else if (subStatement.status === 'SUBMITTED') {
        this.#update(subStatement, 'ABORTED');
      }
    }
    statement.error = message;
    this.#update(statement, status);
  }

  #update(target: Statement | SubStatement, status: StatementStatus): void {
    target.status = status;
    target.updatedMs = this.#clock.now();
  }

  #keep(statement: Statement): void {
    this.#byId.set(statement.id, statement);
    for (const id of this.#byId.keys()) {
      if (this.#byId.size <= keptStatements) return;
      if (!this.#running.has(id)) this.#byId.delete(id);
    }
  }

  /** Where a request's SQL runs, and as whom. */
  #session({ clusterIdentifier, database, secretArn }: SessionRequest): Session {
    const cluster = this.#clusters.get(clusterIdentifier);
    if (database !== undefined && database !== cluster.database) {
      throw new AwsError(
        'ValidationException',
        `Database "${database}" does not exist in cluster ${clusterIdentifier}; expected "${cluster.database}"`,
      );
    }
    const { username, password } = this.#credentials(secretArn);
    return {
      host: cluster.host,
      port: cluster.port,
      database: cluster.database,
      user: username,
      password,
      application_name: 'redshift-data-api',
      connectionTimeoutMillis: connectTimeoutMs,
    };
  }

  #credentials(secretArn: string): z.output<typeof databaseSecretSchema> {
    const { secretString } = this.#secrets.get(secretArn);
    try {
      return databaseSecretSchema.parse(JSON.parse(secretString));
    } catch (error) {
      throw Object.assign(
        new AwsError(
          'ValidationException',
          `SecretArn ${secretArn}: expected JSON with username and password`,
        ),
        { cause: error },
      );
    }
  }
}

async function resultOf(client: Client, query: PositionalQuery): Promise<StatementResult> {
  const config: QueryArrayConfig & { queryMode: 'extended' } = {
    ...query,
    rowMode: 'array',
    // One statement a string, as the Data API has it: the simple protocol would run several.
    queryMode: 'extended',
    types: { getTypeParser: () => (value: string | null) => value },
  };
  return toStatementResult(await client.query<(string | null)[]>(config));
}
