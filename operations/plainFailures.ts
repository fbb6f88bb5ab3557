import { isErrorClass, shownWords } from './failureWords.ts';

/** A failure that code other than the toolkit's logged, without anything of it that may be a client's. */
export interface PlainFailure {
  level: string;
  /** The class of the error, or what Lambda calls it; `unnamed` where the line names none that may be shown. */
  name: string;
  /** Words of its first line. */
  words: string;
}

/** What a line must have for anybody to look at it; as Logs Insights and JavaScript both read it. */
export const suspicious =
  'ERROR|FATAL|CRITICAL|[Ee]rror|[Ee]xception|timed out|"status":"timeout"|"level":[56]0|Traceback|panic:';

const unnamed = 'unnamed';
const levels: ReadonlySet<string> = new Set(['ERROR', 'FATAL', 'CRITICAL']);
/** From there on pino and bunyan, whose levels are numbers, mean errors. */
const lowestErrorLevel = 50;

/**
 * The failure that a line tells of. Known are: JSON with a level, as Lambda's runtimes and usual loggers write it; Lambda's own
 * reports and its `Task timed out`; `Invoke Error` of its Node.js runtime; `[ERROR]` of its Python runtime; a line with the
 * level ERROR, FATAL or CRITICAL, and one that begins with the class of an error.
 * @returns `none` for a line that tells of no failure, or of one that another line tells of too; `unknown` for one that has a
 * word such as error in it and none of these forms
 */
export function plainFailureOf(line: string): PlainFailure | 'none' | 'unknown' {
  const text = line.trim();
  if (text.startsWith('{')) {
    const members = objectIn(text);
    if (members) return ofMembers(members);
  }
  return ofText(text);
}

type Members = Readonly<Record<string, unknown>>;

function ofMembers(members: Members): PlainFailure | 'none' {
  // Told by its code already.
  if (members['errorCode'] !== undefined) return 'none';
  const { type, record, level } = members;
  if (typeof type === 'string' && type.startsWith('platform.')) return ofReport(type, record);
  const said = typeof level === 'number' && level >= lowestErrorLevel ? 'ERROR' : String(level).toUpperCase();
  if (!levels.has(said)) return 'none';
  const { message, msg, err, error } = members;
  const thrown = [members, message, err, error].filter(
    (one): one is Members => typeof one === 'object' && one !== null,
  );
  const fields = ['errorType', 'exception_name', 'exceptionName', 'type', 'name'];
  const name = thrown.flatMap((one) => fields.map((field) => one[field])).find(isName);
  const text = [message, msg, ...thrown.flatMap((one) => [one['errorMessage'], one['message']])].find(
    (one) => typeof one === 'string',
  );
  return { level: said, name: name ?? unnamed, words: shownWords(firstLineOf(text ?? '')) };
}

/** Lambda's report of an invocation. What the handler threw, its runtime has told. */
function ofReport(type: string, record: unknown): PlainFailure | 'none' {
  const { status, errorType } = (record ?? {}) as Members;
  if (type !== 'platform.report' || typeof status !== 'string' || status === 'success') return 'none';
  if (status === 'timeout') return timedOut;
  return typeof errorType === 'string' && errorType.startsWith('Runtime.') && isErrorClass(errorType)
    ? { level: 'ERROR', name: errorType, words: '' }
    : 'none';
}

const timedOut: PlainFailure = { level: 'ERROR', name: 'Sandbox.Timedout', words: 'task timed out' };

/** Lambda's lines about an invocation, which has others for what failed. */
const ofPlatform = /^(?:START|END|REPORT|INIT_START|INIT_REPORT|EXTENSION|TELEMETRY)\b/;
/** What stands before the text: an instant, the request's id, a level, in any order and in brackets or not. */
const prefix =
  /^(?:\[?(?:\d{4}-\d\d-\d\d[T ][\d:.,]+Z?|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|RequestId: \S+|undefined|TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL|CRITICAL)\]?:?\s*)+/;

function ofText(text: string): PlainFailure | 'none' | 'unknown' {
  if (ofPlatform.test(text)) return 'none';
  const first = firstLineOf(text);
  const [before = ''] = prefix.exec(first) ?? [];
  const rest = first.slice(before.length);
  if (/^(?:Error: )?Task timed out after /.test(rest)) return timedOut;
  const level = /\b(ERROR|FATAL|CRITICAL)\b/.exec(before)?.[1];
  if (level === undefined && /\b(?:TRACE|DEBUG|INFO|WARN(?:ING)?)\b/.test(before)) return 'none';
  const invoked = /^(?:Invoke|Unhandled Promise Rejection|Uncaught Exception)\s*(?:Error)?\s*(\{.*)$/.exec(
    rest,
  )?.[1];
  const thrown = invoked === undefined ? null : objectIn(invoked);
  if (thrown) return ofMembers({ ...thrown, level: level ?? 'ERROR' });
  const [name = ''] = /^[\w.$]+(?=:|$)/.exec(rest) ?? [];
  if (isErrorClass(name)) {
    return { level: level ?? 'ERROR', name, words: shownWords(rest.slice(name.length)) };
  }
  const isFailure =
    level !== undefined || before.includes('RequestId: ') || /^(?:panic:|Traceback )/.test(rest);
  // Python's loggers put the error that they were given at the end.
  const last = /\n([\w.]+):[^\n]*$/.exec(text)?.[1];
  if (!isFailure) return 'unknown';
  const words = shownWords(rest);
  return { level: level ?? 'ERROR', name: last !== undefined && isErrorClass(last) ? last : unnamed, words };
}

const isName = (value: unknown): value is string => typeof value === 'string' && isErrorClass(value);

/** Lambda's Python runtime writes its lines into one, parted by carriage returns. */
const firstLineOf = (text: string): string => text.split(/[\r\n]/, 1)[0] ?? '';

function objectIn(text: string): Members | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Members) : null;
  } catch {
    return null;
  }
}
