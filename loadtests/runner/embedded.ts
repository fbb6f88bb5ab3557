import { setFlagsFromString } from 'node:v8';
import type { Clock } from '../../core/clock.ts';
import type { RunFile } from '../../records/run.ts';
import { ScriptError } from '../errors.ts';
import type { Recorder, Totals } from './recorder.ts';
import type { Window } from './window.ts';
import { watchOwnCpu, watchThreadCpu } from './cpuWatch.ts';
import { EndOfTest } from './endOfTest.ts';
import type { LatenessSummary } from './lateness.ts';
import { runScript } from './engine.ts';
import { optimisedSoon } from './optimisedSoon.ts';
import type { MetricType, Point } from './points.ts';
import type { RequestSample } from './requests.ts';
import type { LoadedScript } from './script.ts';
import type { Share } from './share.ts';
import type { Threshold } from './thresholds.ts';
import { writeSummary } from './writeSummary.ts';

/** What an engine hands back when a run has ended. */
export interface EngineRun {
  recorder: Recorder;
  startMs: number;
  endMs: number;
  cpuPercent: number | null;
  /** Null where the engine does not tell. */
  lateness: LatenessSummary | null;
  /** Why the run is not whole; null when it is. */
  reason: string | null;
  /** Why it ended before its time, as was meant; null where it did not. */
  endedEarly: string | null;
  /** The threshold that stopped the run; null when none did. */
  abortedBy: NonNullable<RunFile['abortedBy']> | null;
  /** How often iterations threw; left out where points alone are known. */
  exceptions?: number;
}

export interface EngineContext<Script = LoadedScript> {
  script: Script;
  /** Put on everything that it measures, beside its own `options.tags`; a scenario's, and a request's, come before them. */
  tags?: Readonly<Record<string, string>> | undefined;
  /** What this process has of the run. */
  share: Share;
  /** What the script's `setup` returned, as JSON (embedded engine; k6 runs it itself). */
  setupData?: string | undefined;
  /** Given, the embedded engine starts then, in milliseconds since the epoch: others start with it. */
  startMs?: number | undefined;
  clock: Clock;
  /** Stops the run, which then is not whole. */
  signal: AbortSignal;
  /** Ends the run before its time: what it was for is known. */
  enough: AbortSignal;
  /** The recorder of a run that started at this instant. */
  recorderFrom: (startMs: number, more?: RecorderAsked) => Recorder;
  /** The hold of a run that started at this instant. */
  holdFrom: (startMs: number) => Window;
  onProgress: (line: string) => void;
  /** Given, it is told how far the run has come, and `onProgress` is not. */
  onTotals?: ((totals: Readonly<Totals>, elapsedMs: number) => void) | undefined;
  /** Given, it is told once that iterations have begun; by k6 up to a second later. */
  onBegun?: (() => void) | undefined;
  /** Given, it is told every request as it ends. */
  onSample?: ((sample: RequestSample) => void) | undefined;
  /** Whether an iteration that threw is counted and told, and no gap of the run: k6's rule. */
  toleratesExceptions?: boolean | undefined;
  /** Given, it is told what the script's `handleSummary` shows, and `onProgress` is not. */
  onOutput?: ((text: string) => void) | undefined;
}

/** What an engine knows of its recorder. */
export interface RecorderAsked {
  /** Told each request. */
  onSample?: ((sample: RequestSample) => void) | undefined;
  /** Those of the script where left out. */
  metricTypes?: Readonly<Record<string, MetricType>>;
}

/** Between now and the run's start: the virtual users are made meanwhile. */
const headStartMs = 100;
const progressEveryMs = 5_000;
/** Of a run that was stopped nobody waits longer for the end of what it has begun. */
const stoppedTeardownMs = 10_000;
/** How often k6, too, looks at thresholds that may abort a run. */
const thresholdsEveryMs = 2_000;

/** Runs the script in this process, what it does after the run included. */
export async function runEmbedded(context: EngineContext): Promise<EngineRun> {
  const { script, share, clock, signal, enough, onProgress, setupData } = context;
  // Of threads each would compile for itself alone.
  if (!script.blocks) setFlagsFromString(optimisedSoon);
  // Monotonic from here on: a step of the wall clock must not become a latency.
  const originMs = clock.now() - performance.now();
  const now = (): number => originMs + performance.now();
  const startMs = context.startMs ?? Math.ceil(now()) + headStartMs;
  const recorder = context.recorderFrom(startMs, { onSample: context.onSample });
  const watchCpu = script.blocks ? watchOwnCpu : watchThreadCpu;
  const cpuPercent = watchCpu(context.holdFrom(startMs), now);
  const told = script.summarises ? new EndOfTest(script) : null;
  const emit = (point: Point): void => {
    recorder.add(point);
    told?.add(point);
  };
  for (const point of script.takePoints()) emit(point);

  const failed = new AbortController();
  let abortedBy: EngineRun['abortedBy'] = null;
  const judgeThresholds = (): void => {
    const threshold = recorder.abortingThreshold(now() - startMs);
    if (!threshold || signal.aborted || enough.aborted) return;
    abortedBy ??= { metric: threshold.metric, expression: threshold.expression };
    failed.abort(new Error(abortReason(threshold)));
  };
  // Reading a threshold walks its histogram: only where something may come of it.
  const mayAbort = script.options.thresholds.some(({ abortOnFail }) => abortOnFail);
  const judge = mayAbort ? setInterval(judgeThresholds, thresholdsEveryMs) : undefined;
  const tell = whoeverFollows(context);
  const progress = setInterval(() => tell(recorder.totals, now() - startMs), progressEveryMs);
  try {
    const interrupted = AbortSignal.any([signal, failed.signal]);
    const stop = AbortSignal.any([interrupted, enough]);
    const log = onProgress;
    context.onBegun?.();
    const { tags } = context;
    const result = await runScript({ script, share, tags, now, startMs, emit, stop, log, setupData });
    const { endMs, lateness } = result;
    const unfinished = await tearDown(context, emit);
    const reason = interrupted.aborted
      ? reasonOf(interrupted)
      : (result.aborted ?? (context.toleratesExceptions ? null : result.thrown.reason) ?? unfinished);
    const calledFailed = result.failed ?? script.failed;
    if (calledFailed !== null) recorder.addFailedThreshold('exec.test.fail', calledFailed);
    if (told) await summarise(context, told, recorder, endMs - startMs);
    return {
      recorder,
      startMs,
      endMs,
      cpuPercent: cpuPercent(),
      lateness,
      reason,
      endedEarly: enough.aborted && reason === null ? reasonOf(enough) : null,
      abortedBy,
      exceptions: result.thrown.times,
    };
  } finally {
    cpuPercent();
    clearInterval(judge);
    clearInterval(progress);
    await script.close();
  }
}

/** What the script does after its iterations. @returns why it was not done; null where it was, or there is nothing */
async function tearDown(
  { script, signal, setupData, onProgress }: EngineContext,
  emit: (point: Point) => void,
): Promise<string | null> {
  try {
    await script.teardown(setupData, signal.aborted ? stoppedTeardownMs : undefined);
    return null;
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    onProgress(error.message);
    return error.message;
  } finally {
    for (const point of script.takePoints()) emit(point);
  }
}

/** What the script shows at the end. As in k6, it changes nothing of what was measured, an exception neither. */
async function summarise(
  { script, setupData, onProgress, onOutput = onProgress }: EngineContext,
  told: EndOfTest,
  recorder: Recorder,
  durationMs: number,
): Promise<void> {
  const data = told.data(durationMs, recorder.thresholds(durationMs), setupData);
  try {
    await writeSummary(await script.handleSummary(data), onOutput);
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    onProgress(error.message);
  }
}

/** How far a run has come. */
export const progressLine = (elapsedMs: number, { requests, failed, messages, dropped }: Totals): string =>
  `${Math.round(elapsedMs / 1_000)} s: ${requests} requests, ${failed} failed, ${messages} messages, ${dropped} dropped`;

/** Who is told how far a run has come. */
export const whoeverFollows = ({
  onProgress,
  onTotals = (totals, elapsedMs) => onProgress(progressLine(elapsedMs, totals)),
}: Pick<EngineContext, 'onProgress' | 'onTotals'>): NonNullable<EngineContext['onTotals']> => onTotals;

/** Why a run ended that one of its own thresholds aborted. */
export const abortReason = ({ metric, expression }: Pick<Threshold, 'metric' | 'expression'>): string =>
  `threshold ${metric}: ${expression} failed, and it aborts the run`;

/** What the caller gave `abort`, as one line. */
export const reasonOf = ({ reason }: AbortSignal): string =>
  reason instanceof Error ? reason.message : String(reason);
