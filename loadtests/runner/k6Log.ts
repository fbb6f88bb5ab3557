import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** How k6 is asked to write its log: what an iteration threw is told nowhere else. */
export const logArguments = ['--log-output', 'stderr', '--log-format', 'json'] as const;

/** A line of k6's log. */
export interface K6LogLine {
  text: string;
  /** The iteration that failed, where that is what it tells. */
  threw: { scenario: string; message: string } | null;
}

/** Before what a promise was rejected with that nobody waited for, as an `async` function's is. */
const uncaught = 'Uncaught (in promise) ';

/**
 * Reads a line that k6 writes to stderr. Each iteration that failed leaves one, from the executor that ran it: an error with
 * the fields `executor` and `scenario`, whose message is a stack trace where the script threw, and k6's own words where k6
 * could not run it. One that was cut off leaves none. What else an executor calls an error is of a virtual user that could
 * not be made, and has a field `error`: its iterations were dropped, and count as that. What a script prints has none of
 * these fields. No metric of k6's tells of failed iterations: `iterations` counts them as it does the rest.
 */
export function readK6Line(line: string): K6LogLine {
  const fields = fieldsOf(line);
  if (!fields || typeof fields['msg'] !== 'string') return { text: line, threw: null };
  const { msg, level, scenario, executor, error } = fields;
  const failed =
    level === 'error' && typeof scenario === 'string' && typeof executor === 'string' && error === undefined;
  if (!failed) return { text: msg, threw: null };
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

/** Its iterations throw an error, a value that is none, and by a promise. */
const throwing = `export default function () {
  if (__ITER === 0) throw new Error('expected');
  if (__ITER === 1) throw 'expected';
  return Promise.reject(new Error('expected'));
}
`;
const throwingIterations = 3;
/** Longer than k6 takes to start on a machine that has other work. */
const answerWithinMs = 30_000;

/**
 * Why nobody can count from this k6's log what its iterations throw; null where it can be counted. Found out by a script that
 * throws: a log that is not understood would look like that of a script which never does.
 * @throws the signal's reason
 */
export async function whyLogUnread({ path }: { path: string }, signal?: AbortSignal): Promise<string | null> {
  // What k6 reads from its own variables, such as outputs, is meant for the load.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('K6_')));
  const args = ['run', '--no-color', '--no-usage-report', '--quiet', ...logArguments];
  const run = promisify(execFile)(
    path,
    [...args, '--vus', '1', '--iterations', String(throwingIterations), '-'],
    {
      env,
      timeout: answerWithinMs,
    },
  );
  const stop = (): void => void run.child.kill('SIGKILL');
  signal?.addEventListener('abort', stop, { once: true });
  // Whoever does not read it says so by how it ends.
  run.child.stdin?.on('error', () => undefined);
  run.child.stdin?.end(throwing);
  try {
    const { stderr } = await run;
    const told = stderr.split('\n').filter((line) => readK6Line(line).threw !== null).length;
    return told === throwingIterations
      ? null
      : `the log of this k6 told of ${told} of ${throwingIterations} iterations that threw in a trial`;
  } catch (error) {
    signal?.throwIfAborted();
    const [said = ''] = ((error as { stderr?: string }).stderr ?? '').trim().split('\n').slice(-1);
    return `a trial of this k6 with iterations that throw failed: ${readK6Line(said).text || (error as Error).message}`;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
