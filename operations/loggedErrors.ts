import {
  GetQueryResultsCommand,
  QueryStatus,
  StartQueryCommand,
  StopQueryCommand,
  type CloudWatchLogsClient,
  type ResultField,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Clock } from '../core/clock.ts';
import { LogsQueryError } from './errors.ts';
import type { SystemDocument } from '../fleet/systemDocument.ts';

/** One kind of failure that a system's functions logged. */
export interface LoggedError {
  system: string;
  /** The role of the function. */
  service: string;
  /** `ERROR` where the service is at fault, else `WARN`. */
  level: string;
  errorCode: string;
  /** Class and code of what caused it; empty when the log names none. */
  cause: string;
  count: number;
}

export interface LoggedErrorsOptions {
  client: CloudWatchLogsClient;
  systems: readonly SystemDocument[];
  /** Unix milliseconds; start inclusive, end exclusive, both to the second. */
  window: { startMs: number; endMs: number };
  clock: Clock;
  signal?: AbortSignal;
}

/** Logs Insights' limits: log groups of one query, and rows of its answer. */
const groupsAQuery = 50;
const rowsAQuery = 10_000;

/** A query over an hour's failures takes seconds; one that takes this long is not coming back. */
const queryTimeoutMs = 120_000;
const pollMs = 500;

const fields = ['system', 'service', 'level', 'errorCode', 'cause'] as const;

/**
 * The failures that the systems' functions logged, by kind, the most frequent first.
 * @throws LogsQueryError when a query does not complete; the client's errors; the signal's reason when aborted.
 */
export async function loggedErrors(options: LoggedErrorsOptions): Promise<LoggedError[]> {
  const groups = options.systems.flatMap(({ logGroups }) => [logGroups.api, logGroups.subscriber]);
  const found: LoggedError[] = [];
  // One after another: an account may run thirty queries at once, and others ask too.
  for (let first = 0; first < groups.length; first += groupsAQuery) {
    const rows = await query(options, groups.slice(first, first + groupsAQuery));
    found.push(...rows.map(errorOf));
  }
  return found.sort((a, b) => b.count - a.count);
}

async function query(
  { client, window, clock, signal }: LoggedErrorsOptions,
  logGroupNames: string[],
): Promise<ResultField[][]> {
  const abort = signal ? { abortSignal: signal } : {};
  const { queryId = '' } = await client.send(
    new StartQueryCommand({
      logGroupNames,
      startTime: Math.floor(window.startMs / 1_000),
      // Inclusive.
      endTime: Math.ceil(window.endMs / 1_000) - 1,
      queryString:
        `filter ispresent(errorCode) | stats count(*) as n by ${fields.join(', ')} ` +
        `| sort n desc | limit ${rowsAQuery}`,
    }),
    abort,
  );
  const deadlineMs = clock.now() + queryTimeoutMs;
  for (;;) {
    const { status, results = [] } = await client.send(new GetQueryResultsCommand({ queryId }), abort);
    if (status === QueryStatus.Complete) return results;
    if (status !== QueryStatus.Scheduled && status !== QueryStatus.Running) {
      throw new LogsQueryError(`ended as ${status ?? 'unknown'}`);
    }
    if (clock.now() >= deadlineMs) {
      // It would go on, and cost, without anybody who waits for it.
      await client.send(new StopQueryCommand({ queryId })).catch(() => undefined);
      throw new LogsQueryError(`did not end within ${queryTimeoutMs / 1_000} s`);
    }
    await clock.sleep(pollMs, signal);
  }
}

function errorOf(row: readonly ResultField[]): LoggedError {
  const value = (name: string): string => row.find(({ field }) => field === name)?.value ?? '';
  const [system, service, level, errorCode, cause] = fields.map(value);
  const count = Number(value('n'));
  // Emulators know less of the language, and answer all the same.
  if (errorCode === '' || !(count > 0)) {
    throw new LogsQueryError(
      'was answered without what it asked for',
      'this endpoint does not speak its language',
    );
  }
  return {
    system: system!,
    service: service!,
    level: level!,
    errorCode: errorCode!,
    cause: cause!,
    count,
  };
}
