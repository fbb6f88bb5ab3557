import { execFile, spawn } from 'node:child_process';
import { access, constants, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { guardChild } from '../../core/process/childGuard.ts';
import { K6Error } from '../errors.ts';
import { watchProcessCpu } from './cpuWatch.ts';
import type { Recorder } from './recorder.ts';
import { abortReason, reasonOf, whoeverFollows, type EngineContext, type EngineRun } from './embedded.ts';
import type { DescribedScript } from './describedScript.ts';
import { K6Feed } from './k6Feed.ts';
import { logArguments, readK6Line } from './k6Log.ts';
import { K6PointReader } from './k6Points.ts';
import type { MetricType } from './points.ts';
import { makePipe } from './pointsPipe.ts';
import { RequestAssembler } from './requests.ts';
import { parseMetricName } from './thresholds.ts';
import { Thrown } from './thrown.ts';

/** A k6 binary. */
export interface K6 {
  path: string;
  version: string;
}

/** The first executable `k6` on a PATH; null without one. */
export const findK6 = (pathVariable: string): Promise<string | null> => findCommand('k6', pathVariable);

/** The first executable file of this name on a PATH; null without one. */
export async function findCommand(name: string, pathVariable: string): Promise<string | null> {
  for (const directory of pathVariable.split(delimiter).filter((entry) => entry !== '')) {
    const path = join(directory, name);
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return null;
}

/** k6 runs TypeScript as it is from 1.0 on. @throws K6Error when it is older or does not say. */
export async function checkK6(path: string): Promise<K6> {
  let stdout: string;
  try {
    ({ stdout } = await promisify(execFile)(path, ['version']));
  } catch (error) {
    throw new K6Error(`${path} version does not run`, null, { cause: error });
  }
  const version = /\bv(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1];
  if (version === undefined)
    throw new K6Error(`${path} version says "${stdout.trim()}", expected "k6 v2.…"`, null);
  if (version.startsWith('0.')) {
    throw new K6Error(
      `${version} is too old for TypeScript scripts: install 1.0 or newer, or use --engine embedded`,
      null,
    );
  }
  return { path, version };
}

/** k6's exit codes (errext/exitcodes) that are no mistake of k6's own. */
const thresholdsFailed = 99;
const externallyAborted = 105;
/** By the script itself: `exec.test.abort`, and `exec.test.fail` at the end. */
const scriptAborted = 108;
const markedAsFailed = 110;

/** The default set, and `vu` and `iter`, by which a request and its checks are told to belong together. */
export const systemTags: string = [
  'proto',
  'subproto',
  'status',
  'method',
  'url',
  'name',
  'group',
  'check',
  'error',
  'error_code',
  'tls_version',
  'scenario',
  'service',
  'expected_response',
  'vu',
  'iter',
].join(',');

/** How long k6 may take to stop after SIGINT before it is killed. */
const stopGraceMs = 15_000;
const linesKept = 20;

/**
 * Runs the script by k6 in a process of its own, and reads its points while it writes them: they pass through a named
 * pipe.
 * @param env variables for the script, besides this process's own
 * @param pointsPath for the pipe; removed afterwards
 * @throws K6Error when k6 ends with an error of its own, quoting its last lines
 */
export async function runK6(
  k6: K6 & {
    /** Why what its iterations throw cannot be counted; null where it can. */
    logUnread: string | null;
  },
  env: Readonly<Record<string, string>>,
  pointsPath: string,
  context: EngineContext<DescribedScript>,
): Promise<EngineRun> {
  const { script, share, signal, enough } = context;
  const { scenarios, thresholds } = script.options;
  const asked = thresholds.map(({ metric }) => parseMetricName(metric).name);
  // Whoever follows the requests does not wait until the run's start is known.
  const live = context.onSample && new RequestAssembler(context.onSample);
  // The recorder looks them up as the first values come.
  const metricTypes: Record<string, MetricType> = { ...script.metricTypes };
  const recorderFrom = (startMs: number): Recorder => context.recorderFrom(startMs, { metricTypes });
  const feed = new K6Feed(scenarios, share, recorderFrom, whoeverFollows(context));
  let begun = context.onBegun;
  const reader = new K6PointReader(
    asked,
    (point) => {
      feed.add(point);
      if (point.tags['load'] !== 'messages') live?.add(point);
      if (point.tags['scenario'] === undefined) return;
      begun?.();
      begun = undefined;
    },
    (name, type) => (metricTypes[name] ??= type),
  );
  const thrown = new Thrown(context.onProgress);
  const pipe = await makePipe(pointsPath, (text) => reader.add(text));
  try {
    let child: EndedProcess;
    try {
      child = await runProcess(k6, env, pointsPath, thrown, context);
    } finally {
      await pipe.drained();
    }
    const mayBeCut = signal.aborted || enough.aborted;
    reader.end(mayBeCut);
    live?.flush();
    const { recorder, startMs, ran, lateness } = feed.finish(child.spawnedMs);
    const { exitCode } = child;
    if (exitCode === thresholdsFailed) recorder.addFailedThreshold('k6', 'exit code 99');
    if (exitCode === markedAsFailed) recorder.addFailedThreshold('exec.test.fail', 'exit code 110');
    const abortedBy =
      exitCode === thresholdsFailed && !mayBeCut
        ? whatAborted(recorder, child.endedMs - startMs, script.plannedMs)
        : null;
    const interrupted = enough.aborted ? null : whatInterrupted(exitCode);
    const nothing = ran ? null : 'k6 ran no iteration';
    const failures =
      k6.logUnread === null ? thrown.reason : `how many iterations threw is not known: ${k6.logUnread}`;
    // A user's script may throw: what its record does not tell, the gate asks about.
    if (context.toleratesExceptions && k6.logUnread !== null) context.onProgress(failures ?? '');
    const reason = signal.aborted
      ? reasonOf(signal)
      : (interrupted ??
        nothing ??
        (context.toleratesExceptions ? null : failures) ??
        (abortedBy && abortReason(abortedBy)));
    return {
      recorder,
      startMs,
      endMs: child.endedMs,
      cpuPercent: child.cpuPercent(context.holdFrom(startMs)),
      lateness,
      reason,
      endedEarly: enough.aborted && reason === null ? reasonOf(enough) : null,
      abortedBy,
      ...(k6.logUnread === null && { exceptions: thrown.times }),
    };
  } finally {
    await rm(pointsPath, { force: true });
  }
}

/** How much earlier than planned a run may end by itself: after its last iteration nothing more is due. */
export const endToleranceMs = 2_000;

const whatInterrupted = (exitCode: number | null): string | null =>
  exitCode === externallyAborted
    ? 'k6 was interrupted'
    : exitCode === scriptAborted
      ? 'the script aborted the test'
      : null;

/** k6 ends with the same code when thresholds have failed and when one has aborted the run: only early, then. */
function whatAborted(recorder: Recorder, elapsedMs: number, planned: number | null): EngineRun['abortedBy'] {
  if (planned === null || elapsedMs > planned - endToleranceMs) return null;
  const threshold = recorder.abortingThreshold(elapsedMs);
  return threshold ? { metric: threshold.metric, expression: threshold.expression } : null;
}

/** Those of the command line take the place of the script's own test-wide ones: all of them are named. */
const tagArguments = (
  own: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>>,
): string[] =>
  Object.keys(more).length === 0
    ? []
    : Object.entries({ ...own, ...more }).flatMap(([name, value]) => ['--tag', `${name}=${value}`]);

interface EndedProcess {
  spawnedMs: number;
  endedMs: number;
  exitCode: number | null;
  cpuPercent: ReturnType<typeof watchProcessCpu>;
}

async function runProcess(
  k6: K6,
  env: Readonly<Record<string, string>>,
  pointsPath: string,
  thrown: Thrown,
  { script, tags = {}, share, clock, signal, enough, onProgress }: EngineContext<DescribedScript>,
): Promise<EndedProcess> {
  const spawnedMs = clock.now();
  const args = [
    'run',
    '--no-color',
    '--no-usage-report',
    // How far it has come we tell ourselves, as of any engine.
    '--quiet',
    ...logArguments,
    '--system-tags',
    systemTags,
    '--out',
    `json=${pointsPath}`,
    ...(share.isWhole
      ? []
      : ['--execution-segment', share.segment, '--execution-segment-sequence', share.sequence]),
    ...tagArguments(script.tags, tags),
  ];
  const child = spawn(k6.path, [...args, script.path], {
    // A group of its own: a terminal's Ctrl-C reaches k6 once, through us, since a second one kills it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  // Without this process nobody reads its points: there is nothing to end gracefully for.
  const guard = child.pid === undefined ? undefined : guardChild(child.pid, 'KILL');
  const lastLines: string[] = [];
  const tell = (line: string): void => {
    if (line.trim() === '') return;
    lastLines.push(line);
    if (lastLines.length > linesKept) lastLines.shift();
    onProgress(line);
  };
  createInterface({ input: child.stdout }).on('line', tell);
  createInterface({ input: child.stderr }).on('line', (line) => {
    const { text, threw } = readK6Line(line);
    if (threw) thrown.add(threw.scenario, threw.message);
    else tell(text);
  });
  const cpuPercent = watchProcessCpu(child.pid ?? 0, () => clock.now());
  let killTimer: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    child.kill('SIGINT');
    killTimer = setTimeout(() => child.kill('SIGKILL'), stopGraceMs);
  };
  const stop = AbortSignal.any([signal, enough]);
  if (stop.aborted) interrupt();
  else stop.addEventListener('abort', interrupt, { once: true });
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', (error) =>
        reject(new K6Error(`${k6.path} did not start: ${error.message}`, null, { cause: error })),
      );
      child.once('close', (code) => resolve(code));
    });
    const expected = [0, thresholdsFailed, externallyAborted, scriptAborted, markedAsFailed].includes(
      exitCode ?? -1,
    );
    if (!expected && !stop.aborted) {
      throw new K6Error(
        `ended with exit code ${exitCode ?? 'none (killed)'}:\n${lastLines.join('\n')}`,
        exitCode,
      );
    }
    return { spawnedMs, endedMs: clock.now(), exitCode, cpuPercent };
  } finally {
    guard?.release();
    clearTimeout(killTimer);
    stop.removeEventListener('abort', interrupt);
  }
}
