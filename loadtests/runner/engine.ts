import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { unlessAborted } from '../../core/unlessAborted.ts';
import { ScriptInterruptedError, TestAbortedError, ThreadLostError, UnsupportedError } from '../errors.ts';
import { runScenario, type ExecutorContext } from './executors.ts';
import { Lateness, type LatenessSummary } from './lateness.ts';
import type { ScenarioOptions } from './options.ts';
import type { Point } from './points.ts';
import { durationMs } from './schedule.ts';
import type { LoadedScript } from './script.ts';
import { messageOf } from './scriptRealm.ts';
import type { RunHost } from './scriptRunner.ts';
import type { Share } from './share.ts';
import { Thrown } from './thrown.ts';
import type { Scenario, User } from './virtualUser.ts';
import { Waits } from './waits.ts';

export interface EngineOptions {
  script: LoadedScript;
  /** What this instance has of the whole. */
  share: Share;
  /** Milliseconds since the epoch, monotonic, with fraction. */
  now: () => number;
  /** When the run starts; a moment from now, so that the users are ready. */
  startMs: number;
  emit: (point: Point) => void;
  /** On all that is measured, beside the script's own, which win against those of its scenarios alone. */
  tags?: Readonly<Record<string, string>> | undefined;
  /** What the script's `setup` returned, as JSON. */
  setupData?: string | undefined;
  /** No more iterations are started once it aborts; those under way may end. */
  stop: AbortSignal;
  log: (line: string) => void;
}

export interface EngineResult {
  endMs: number;
  lateness: LatenessSummary;
  thrown: Thrown;
  /** What ended the run from within, the script or the loss of a thread, and why the script called it failed; else null. */
  aborted: string | null;
  failed: string | null;
}

/** After a stop, iterations under way have this long, or their scenario's gracefulStop if that is shorter. */
const stopGraceMs = 3_000;
/** And the script this long to return once its requests were given up. */
const lastGraceMs = 1_000;
/** How often the number of users is measured, as k6 does. */
const usersEveryMs = 1_000;

/** Does nothing: stands for a user that was not made, in a run that ends. */
const nobody: User = { interrupted: true, iterate: () => Promise.resolve(), interrupt: () => undefined };

/**
 * Runs every scenario of a script in this process.
 * @throws UnsupportedError when an iteration uses what the engine does not have.
 */
export async function runScript(options: EngineOptions): Promise<EngineResult> {
  const { script, share, now, stop, emit, log, setupData } = options;
  const { counts } = script;
  const fatal = new AbortController();
  const abort = new AbortController();
  const stopped = AbortSignal.any([stop, fatal.signal, abort.signal]);
  const waits = new Waits(now, stopped);
  const thrown = new Thrown(log);
  const lateness = new Lateness();
  const testTags = { ...script.options.tags, ...options.tags };
  let failed: string | null = null;

  const runOne = async (name: string, scenario: ScenarioOptions): Promise<void> => {
    const startMs = options.startMs + scenario.startTime;
    const tags = { ...testTags, ...scenario.tags };
    const users: User[] = [];
    const host: RunHost = {
      runStartMs: options.startMs,
      now,
      emit,
      late: (ms) => lateness.add(ms),
      scriptError: (error) => {
        if (error instanceof TestAbortedError) return;
        if (error instanceof UnsupportedError) return fatal.abort(error);
        // What was measured until then is worth telling.
        if (error instanceof ThreadLostError) return abort.abort(error);
        thrown.add(name, messageOf(error));
      },
      abort: (message) => abort.abort(new TestAbortedError(message)),
      fail: (message) => (failed ??= message),
      counts,
    };
    const identity: Scenario = { name, executor: scenario.executor, startMs, tags };
    const context: ExecutorContext = {
      now,
      waitUntil: (instantMs) => waits.until(instantMs),
      stopped: () => stopped.aborted,
      newUser: () => {
        if (abort.signal.reason instanceof ScriptInterruptedError) return nobody;
        try {
          const user = script.newUser(identity, host, setupData);
          users.push(user);
          return user;
        } catch (error) {
          // The stop that was asked for is on its way: what was measured is kept, as of any run that is stopped.
          if (error instanceof ScriptInterruptedError) {
            abort.abort(error);
            return nobody;
          }
          // Whoever makes users one by one, as iterations go on, waits for none of them.
          fatal.abort(error);
          throw error;
        }
      },
      dropped: (intendedMs, why, count = 1) => {
        // What no system kept from beginning is the engine's own doing.
        if (why === 'over') lateness.add(now() - intendedMs);
        const labels = { scenario: name, ...tags };
        emit({ metric: 'dropped_iterations', timeMs: intendedMs, value: count, tags: labels, metadata: {} });
      },
      counts,
    };
    const running = Promise.all(await runScenario(scenario, startMs, share, context));
    const mostMs = 'maxDuration' in scenario ? scenario.maxDuration : durationMs(scenario);
    const inTime = await settles(running, startMs + mostMs + scenario.gracefulStop, now, stopped, () =>
      abort.signal.aborted ? 0 : Math.min(scenario.gracefulStop, stopGraceMs),
    );
    if (inTime) return;
    for (const user of users) user.interrupt();
    await Promise.race([running, delay(lastGraceMs, undefined, { ref: false })]);
  };

  const measureUsers = (): void => {
    const point = { timeMs: now(), tags: testTags, metadata: {} };
    emit({ metric: 'vus', value: counts.of('active'), ...point });
    emit({ metric: 'vus_max', value: counts.of('initialized'), ...point });
  };
  const measuring = setInterval(measureUsers, usersEveryMs);
  try {
    // One that fails stops the others, and all have ended before the connections go.
    const scenarios = Object.entries(script.options.scenarios);
    // Each in a turn of its own: code that never returns takes all with it that it was called from.
    const all = scenarios.map(([name, each]) =>
      setImmediate()
        .then(() => runOne(name, each))
        .catch((error: unknown) => fatal.abort(error)),
    );
    await unlessAborted(Promise.all(all), script.stuck);
  } catch (error) {
    fatal.abort(error);
  } finally {
    clearInterval(measuring);
  }
  if (fatal.signal.aborted) throw fatal.signal.reason;
  const aborted = abort.signal.aborted ? messageOf(abort.signal.reason) : null;
  return { endMs: now(), lateness: lateness.summary(), thrown, aborted, failed };
}

/**
 * Whether the iterations under way end by themselves before `deadlineMs`, or soon enough after a stop.
 * @param graceMs after a stop, when it was
 */
async function settles(
  running: Promise<unknown>,
  deadlineMs: number,
  now: () => number,
  stopped: AbortSignal,
  graceMs: () => number,
): Promise<boolean> {
  let ended = false;
  const over = running.then(() => (ended = true));
  const cancel = new AbortController();
  const expiry = async (): Promise<void> => {
    const inTime = await new Waits(now, AbortSignal.any([stopped, cancel.signal])).until(deadlineMs);
    if (!inTime) await delay(graceMs(), undefined, { signal: cancel.signal }).catch(() => undefined);
  };
  await Promise.race([over, expiry()]);
  cancel.abort();
  return ended;
}
