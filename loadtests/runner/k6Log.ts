/** How k6 is asked to write its log: what an iteration threw is told nowhere else. */
export const logArguments = ['--log-output', 'stderr', '--log-format', 'json'] as const;

/** A line of k6's log. */
export interface K6LogLine {
  text: string;
  /** The iteration that threw, where that is what it tells. */
  threw: { scenario: string; message: string } | null;
}

/** Before what a promise was rejected with that nobody waited for, as an `async` function's is. */
const uncaught = 'Uncaught (in promise) ';

/**
 * Reads a line that k6 writes to stderr. Each iteration that threw leaves one, from the executor that ran it: an error with
 * the fields `executor` and `scenario`, whose message is a stack trace (`source=stacktrace`; of a rejected promise
 * only its text tells in older ones). One that was cut off leaves none. What a script prints has none of these fields. No metric of
 * k6's tells of it: `iterations` counts what threw as it does the rest.
 */
export function readK6Line(line: string): K6LogLine {
  const fields = fieldsOf(line);
  if (!fields || typeof fields['msg'] !== 'string') return { text: line, threw: null };
  const { msg, level, scenario, executor, source } = fields;
  const isThrown =
    level === 'error' &&
    typeof scenario === 'string' &&
    typeof executor === 'string' &&
    (source === 'stacktrace' || msg.startsWith(uncaught));
  if (!isThrown) return { text: msg, threw: null };
  const [first = ''] = msg.replace(uncaught, '').split('\n');
  return { text: msg, threw: { scenario, message: first } };
}

function fieldsOf(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}
