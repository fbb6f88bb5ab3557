import { RedshiftDataClient, type RedshiftDataClientConfig } from '@aws-sdk/client-redshift-data';
import type { Clock } from '../../../core/clock.ts';
import { apiQuotas } from '../../../fleet/apiQuotas.ts';
import { ApiThrottle } from '../../../local/aws/apiThrottle.ts';
import type { AwsError } from '../../../local/aws/errors.ts';

export interface ThrottledDataApiOptions {
  clock: Clock;
  /** How long a cluster takes for a statement; `Infinity` for one that never answers. */
  statementMs: (cluster: string) => number;
  /** The way there and back. */
  roundTripMs: number;
}

interface Statement {
  cluster: string;
  sql: string;
  finishedAtMs: number;
}

const json = { 'content-type': 'application/x-amz-json-1.1' };

/** A Redshift Data API with an account's quotas, within this process, so that its time may be virtual. */
export class ThrottledDataApi {
  /** Requests answered, and refused, by action. */
  readonly served = new Map<string, number>();
  readonly refused = new Map<string, number>();
  readonly #options: ThrottledDataApiOptions;
  readonly #throttle = new ApiThrottle(apiQuotas);
  readonly #statements = new Map<string, Statement>();

  constructor(options: ThrottledDataApiOptions) {
    this.#options = options;
  }

  /** A client whose requests end here. */
  client(config: Pick<RedshiftDataClientConfig, 'maxAttempts'> = {}): RedshiftDataClient {
    return new RedshiftDataClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
      ...config,
      requestHandler: {
        handle: async (
          { headers, body }: { headers: Record<string, string>; body?: Uint8Array },
          { abortSignal }: { abortSignal?: unknown } = {},
        ) => {
          const signal = abortSignal as AbortSignal | undefined;
          signal?.throwIfAborted();
          const action = headers['x-amz-target']?.split('.').at(-1) ?? '';
          const input = JSON.parse(new TextDecoder().decode(body)) as Record<string, string>;
          await this.#options.clock.sleep(this.#options.roundTripMs, signal);
          return { response: this.#answer(action, input) };
        },
      },
    });
  }

  #answer(action: string, input: Record<string, string>) {
    const nowMs = this.#options.clock.now();
    const count = (counts: Map<string, number>): unknown => counts.set(action, (counts.get(action) ?? 0) + 1);
    try {
      this.#throttle.take('redshift-data', action, nowMs);
    } catch (error) {
      count(this.refused);
      const { code, message } = error as AwsError;
      return response(400, { __type: code, message });
    }
    count(this.served);
    return response(200, this.#act(action, input, nowMs));
  }

  #act(action: string, input: Record<string, string>, nowMs: number): unknown {
    if (action === 'ExecuteStatement') {
      const { ClusterIdentifier: cluster = '', Sql: sql = '' } = input;
      const Id = String(this.#statements.size);
      this.#statements.set(Id, { cluster, sql, finishedAtMs: nowMs + this.#options.statementMs(cluster) });
      return { Id };
    }
    const statement = this.#statements.get(input['Id'] ?? '')!;
    if (action === 'DescribeStatement') {
      return { Status: statement.finishedAtMs <= nowMs ? 'FINISHED' : 'STARTED', HasResultSet: true };
    }
    if (action !== 'GetStatementResult') return { Status: true };
    return statement.sql.includes('version()')
      ? rows({ version: 'PostgreSQL 8.0.2, Redshift 1.0.1' })
      : rows({ connections: '7', at_seconds: String(nowMs / 1_000) });
  }
}

const response = (statusCode: number, document: unknown) => ({
  statusCode,
  headers: json,
  body: new TextEncoder().encode(JSON.stringify(document)),
});

const rows = (row: Record<string, string>) => ({
  ColumnMetadata: Object.keys(row).map((name) => ({ name })),
  Records: [Object.values(row).map((stringValue) => ({ stringValue }))],
  TotalNumRows: 1,
});
