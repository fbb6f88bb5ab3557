import { randomUUID } from 'node:crypto';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Client, type QueryResult } from 'pg';
import { systemClock } from '../../core/clock.ts';
import type { DataApi } from '../redshift/dataApi.ts';
import type { Credentials } from '../redshift/credentials.ts';
import { schemaOf } from '../../fleet/service.ts';
import { AwsEndpoint, AwsFault } from './awsEndpoint.ts';
import { service } from './service.ts';

/** A PostgreSQL server to build systems on. */
export interface BenchServer {
  host: string;
  port: number;
  adminUser: string;
  adminPassword: string;
  createDatabase(name: string, options: { connectionLimit: number }): Promise<void>;
}

/**
 * One system's database with its secrets and its Data API, on a real PostgreSQL. Secrets are named after
 * the user they hold: `admin`, `api`, `subscriber`, `probe`.
 */
export class SystemBench {
  readonly aws: AwsEndpoint;
  readonly server: BenchServer;
  readonly database: string;
  readonly secrets: Map<string, Credentials>;
  readonly #statements = new Map<string, { result?: QueryResult; error?: string }>();

  private constructor(aws: AwsEndpoint, server: BenchServer, database: string) {
    this.aws = aws;
    this.server = server;
    this.database = database;
    this.secrets = new Map(
      ['api', 'subscriber', 'probe'].map((role) => [
        role,
        { username: `${database}_${role}`, password: `it's ${role}` },
      ]),
    );
    this.secrets.set('admin', { username: server.adminUser, password: server.adminPassword });
    aws.actions.set('GetSecretValue', ({ SecretId }) => ({
      SecretString: JSON.stringify(this.#secret(String(SecretId))),
    }));
    aws.actions.set('ExecuteStatement', ({ Sql, Parameters, SecretArn }) =>
      this.#execute([String(Sql)], String(SecretArn), Parameters as { name: string; value: string }[]),
    );
    aws.actions.set('BatchExecuteStatement', ({ Sqls, SecretArn }) =>
      this.#execute(['BEGIN', ...(Sqls as string[]), 'COMMIT'], String(SecretArn)),
    );
    aws.actions.set('DescribeStatement', ({ Id }) => {
      const { result, error } = this.#statements.get(String(Id))!;
      return error === undefined
        ? { Id, Status: 'FINISHED', HasResultSet: (result?.fields.length ?? 0) > 0 }
        : { Id, Status: 'FAILED', Error: error };
    });
    aws.actions.set('GetStatementResult', ({ Id, NextToken }) =>
      this.#page(this.#statements.get(String(Id))!.result!, Number(NextToken ?? 0)),
    );
  }

  static async create(server: BenchServer, connectionLimit = 20): Promise<SystemBench> {
    const database = `system_${randomUUID().slice(0, 8)}`;
    await server.createDatabase(database, { connectionLimit });
    return new SystemBench(await AwsEndpoint.start(), server, database);
  }

  get dataApi(): DataApi {
    return {
      client: new RedshiftDataClient(this.aws.clientConfig),
      cluster: { identifier: 'test-clientes', database: this.database, secretArn: 'admin' },
      clock: systemClock,
    };
  }

  get secretsManager(): SecretsManagerClient {
    return new SecretsManagerClient(this.aws.clientConfig);
  }

  /** What migrate() takes, of this service. */
  get migration() {
    return {
      ...schemaOf(service.definition),
      dataApi: this.dataApi.client,
      secrets: this.secretsManager,
      cluster: {
        identifier: 'test-clientes',
        database: this.database,
        adminSecretArn: 'admin',
        apiSecretArn: 'api',
        subscriberSecretArn: 'subscriber',
        probeSecretArn: 'probe',
      },
      clock: systemClock,
    };
  }

  /** Runs SQL as one of the users, and returns its rows. */
  async query(user: string, sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    const { rows } = await this.#connected(user, (client) => client.query(sql, values));
    return rows as Record<string, unknown>[];
  }

  #secret(name: string): Credentials {
    const secret = this.secrets.get(name);
    if (secret) return secret;
    throw new AwsFault('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }

  async #execute(
    statements: string[],
    user: string,
    parameters: { name: string; value: string }[] = [],
  ): Promise<{ Id: string }> {
    const Id = randomUUID();
    const values = parameters.map(({ value }) => value);
    const positional = (sql: string): string =>
      parameters.reduce((text, { name }, index) => text.replaceAll(`:${name}`, `$${index + 1}`), sql);
    const outcome = await this.#connected(user, async (client) => {
      let result: QueryResult | undefined;
      for (const sql of statements) result = await client.query(positional(sql), values);
      return { result: result! };
    }).catch((error: Error) => ({ error: `ERROR: ${error.message}` }));
    this.#statements.set(Id, outcome);
    return { Id };
  }

  /** Pages of two rows, so that whoever reads must follow the token. */
  #page(result: QueryResult, first: number): object {
    const rows = result.rows.slice(first, first + 2) as Record<string, unknown>[];
    const next = first + 2;
    return {
      ColumnMetadata: result.fields.map(({ name }) => ({ name })),
      Records: rows.map((row) => result.fields.map(({ name }) => field(row[name]))),
      TotalNumRows: result.rows.length,
      ...(next < result.rows.length ? { NextToken: String(next) } : {}),
    };
  }

  async #connected<Result>(user: string, work: (client: Client) => Promise<Result>): Promise<Result> {
    const { username, password } = this.#secret(user);
    const { host, port } = this.server;
    const client = new Client({ host, port, database: this.database, user: username, password });
    client.on('error', () => {});
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
}

function field(value: unknown): object {
  if (value === null) return { isNull: true };
  if (typeof value === 'number') return { longValue: value };
  if (typeof value === 'boolean') return { booleanValue: value };
  return { stringValue: typeof value === 'string' ? value : JSON.stringify(value) };
}
