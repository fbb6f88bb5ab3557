import {
  GetQueryResultsCommand,
  QueryStatus,
  ResourceNotFoundException,
  StartQueryCommand,
  StopQueryCommand,
  type CloudWatchLogsClient,
  type ResultField,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Clock } from '../core/clock.ts';
import { counted } from '../core/counted.ts';
import { stageOf, type Fleet } from '../fleet/fleet.ts';
import { fleetNames } from '../fleet/names.ts';
import { LogsQueryError } from './errors.ts';
import { plainFailureOf, suspicious } from './plainFailures.ts';
import { fieldsMissing, type PublishedDocument } from '../fleet/systemDocument.ts';

/** One kind of failure that a system's functions, or the probe of its database, logged. */
export interface LoggedError {
  system: string;
  /** The role of the function. */
  service: string;
  /** `ERROR` where the service is at fault, else `WARN`; what other code's line says of itself. */
  level: string;
  /** Of a line that Lambda or other code than the toolkit's wrote, the error's class. */
  errorCode: string;
  /** Class and code of what caused it; empty when the log names none. Of other code's line, words of it. */
  cause: string;
  count: number;
}

export interface LoggedErrorsOptions {
  client: CloudWatchLogsClient;
  /** Those without log groups are not asked, and said. */
  systems: readonly PublishedDocument[];
  /** The log group of the stage's probe, which names the databases that do not answer it; null where it has none. */
  probeLogGroup: string | null;
  /** Unix milliseconds; start inclusive, end exclusive, both to the second. */
  window: { startMs: number; endMs: number };
  clock: Clock;
  signal?: AbortSignal;
}

/** Where the probe of a stage logs; a stage that is made for each run has none. */
export const probeLogGroupOf = (fleet: Fleet, stage: string): string | null =>
  stageOf(fleet, stage).runsOn ? null : `/aws/lambda/${fleetNames(stage).probeFunction}`;

/** Logs Insights' limits: fifty log groups of one query, of which a system has two, and rows of its answer. */
const systemsAQuery = 25;
const rowsAQuery = 10_000;

/** A query over an hour's failures takes seconds; one that takes this long is not coming back. */
const queryTimeoutMs = 120_000;
const pollMs = 500;

const fields = ['system', 'service', 'level', 'errorCode', 'cause'] as const;
const byErrorCode =
  `filter ispresent(errorCode) | stats count(*) as n by ${fields.join(', ')} ` +
  `| sort n desc | limit ${rowsAQuery}`;

/** What was found, and whose logs could not be asked. */
export interface LoggedErrors {
  /** By kind, the most frequent first. */
  errors: LoggedError[];
  unasked: { system: string; error: unknown }[];
  /** What of the others' failures would not be found, as sentences. */
  notes: string[];
}

type Asked = Pick<LoggedErrors, 'errors' | 'unasked'>;

/**
 * The failures that the systems' functions and the probe logged. A system whose log group is not there hides no other's.
 * @throws LogsQueryError when a query does not complete; the client's errors; the signal's reason when aborted.
 */
export async function loggedErrors(options: LoggedErrorsOptions): Promise<LoggedErrors> {
  const logging = options.systems.filter(logs);
  const found: LoggedErrors = {
    errors: [],
    unasked: options.systems
      .filter((document) => !logs(document))
      .map((document) => ({
        system: document.system,
        error: new Error(`it lacks ${fieldsMissing(document, logParts)}`),
      })),
    notes: logging.filter(({ adopted }) => adopted).flatMap(notesOn),
  };
  // One after another: an account may run thirty queries at once, and others ask too.
  for (let first = 0; first < logging.length; first += systemsAQuery) {
    const { errors, unasked } = await ask(options, logging.slice(first, first + systemsAQuery));
    found.errors.push(...errors);
    found.unasked.push(...unasked);
  }
  const readable = logging.filter(
    ({ system }) => !found.unasked.some((unasked) => unasked.system === system),
  );
  // Also of functions that are built: that one timed out, or ran out of memory, Lambda says instead of it.
  for (let first = 0; first < readable.length; first += systemsAQuery) {
    const { errors, notes } = await askPlain(options, readable.slice(first, first + systemsAQuery));
    found.errors.push(...errors);
    found.notes.push(...notes);
  }
  const ofProbe = await askProbe(options);
  found.errors.push(...ofProbe.errors);
  found.unasked.push(...ofProbe.unasked);
  found.errors.sort((a, b) => b.count - a.count);
  return found;
}

/** Other code may fail in lines of no form that is known here, and write them to logs that nobody named. */
function notesOn(document: PublishedDocument): string[] {
  const { system } = document;
  const lacks = fieldsMissing(document, logParts);
  return [
    `${system} is adopted: of lines in other forms than the toolkit's only an error's class and common words are shown, since the ` +
      `rest may be a client's; read them in ${groupsOf(document).join(' and ')}`,
    ...(lacks === '' ? [] : [`${system} lacks ${lacks}: nothing of that log is read`]),
  ];
}

const logParts = ['logGroups.api', 'logGroups.subscriber'] as const;

/** Those of its two log groups that a system has. */
const groupsOf = ({ logGroups }: PublishedDocument): string[] =>
  [logGroups?.api, logGroups?.subscriber].filter((group) => group !== undefined);

const logs = (document: PublishedDocument): boolean => groupsOf(document).length > 0;

/** The probe asks the databases of all systems of its stage, also of those that nobody asks about here. */
async function askProbe(options: LoggedErrorsOptions): Promise<Asked> {
  const { systems, probeLogGroup } = options;
  if (probeLogGroup === null) return { errors: [], unasked: [] };
  const asked = new Set(systems.map(({ system }) => system));
  try {
    const errors = (await query(options, [probeLogGroup])).map(errorOf);
    return { errors: errors.filter(({ system }) => asked.has(system)), unasked: [] };
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    return { errors: [], unasked: [{ system: probeLogGroup, error }] };
  }
}

/** AWS refuses a query as a whole for one group that is not there: halves find out whose. */
async function ask(options: LoggedErrorsOptions, systems: readonly PublishedDocument[]): Promise<Asked> {
  const groups = systems.flatMap(groupsOf);
  try {
    return { errors: (await query(options, groups)).map(errorOf), unasked: [] };
  } catch (error) {
    const [alone, ...others] = systems;
    if (!(error instanceof ResourceNotFoundException) || !alone) throw error;
    if (others.length === 0) return { errors: [], unasked: [{ system: alone.system, error }] };
    const middle = Math.ceil(systems.length / 2);
    const halves = [await ask(options, systems.slice(0, middle)), await ask(options, systems.slice(middle))];
    return {
      errors: halves.flatMap(({ errors }) => errors),
      unasked: halves.flatMap(({ unasked }) => unasked),
    };
  }
}

/** What Lambda, and other code than the toolkit's, wrote of failures, by the class of the error and the words that may be shown. */
async function askPlain(
  options: LoggedErrorsOptions,
  systems: readonly PublishedDocument[],
): Promise<Pick<LoggedErrors, 'errors' | 'notes'>> {
  const logOf = new Map(
    systems.flatMap(({ system, logGroups }) =>
      (['api', 'subscriber'] as const).flatMap((service) =>
        logGroups?.[service] === undefined ? [] : [[logGroups[service], { system, service }] as const],
      ),
    ),
  );
  const rows = await query(
    options,
    [...logOf.keys()],
    `fields @log, @message | filter @message like /${suspicious}/ and @message not like /"errorCode"/ ` +
      `| sort @timestamp desc | limit ${rowsAQuery}`,
  );
  const kinds = new Map<string, LoggedError>();
  const unknown = new Map<string, number>();
  for (const row of rows) {
    // The account comes before the name of the group.
    const { system, service } = logOf.get(valueIn(row, '@log').replace(/^\d+:/, '')) ?? {};
    if (system === undefined || service === undefined) throw unanswered();
    const failure = plainFailureOf(valueIn(row, '@message'));
    if (failure === 'unknown') unknown.set(system, (unknown.get(system) ?? 0) + 1);
    if (typeof failure === 'string') continue;
    const { level, name, words } = failure;
    const key = [system, service, level, name, words].join('\0');
    const known = kinds.get(key);
    if (known) known.count += 1;
    else kinds.set(key, { system, service, level, errorCode: name, cause: words, count: 1 });
  }
  return {
    errors: [...kinds.values()],
    notes: [
      ...[...unknown].map(
        ([system, count]) =>
          `${system}: what ${counted(count, 'line')} with a word such as error tell, in no form that is known`,
      ),
      ...(rows.length < rowsAQuery
        ? []
        : [
            `${systems.map(({ system }) => system).join(', ')}: failures before the newest ${rowsAQuery} lines; ask for less time (--since)`,
          ]),
    ],
  };
}

async function query(
  { client, window, clock, signal }: LoggedErrorsOptions,
  logGroupNames: string[],
  queryString = byErrorCode,
): Promise<ResultField[][]> {
  const abort = signal ? { abortSignal: signal } : {};
  const { queryId = '' } = await client.send(
    new StartQueryCommand({
      logGroupNames,
      startTime: Math.floor(window.startMs / 1_000),
      // Inclusive.
      endTime: Math.ceil(window.endMs / 1_000) - 1,
      queryString,
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

const valueIn = (row: readonly ResultField[], name: string): string =>
  row.find(({ field }) => field === name)?.value ?? '';

function errorOf(row: readonly ResultField[]): LoggedError {
  const [system, service, level, errorCode, cause] = fields.map((name) => valueIn(row, name));
  const count = Number(valueIn(row, 'n'));
  if (errorCode === '' || !(count > 0)) throw unanswered();
  return {
    system: system!,
    service: service!,
    level: level!,
    errorCode: errorCode!,
    cause: cause!,
    count,
  };
}

/** Emulators know less of the language, and answer all the same. */
const unanswered = (): LogsQueryError =>
  new LogsQueryError('was answered without what it asked for', 'this endpoint does not support its language');
