import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { runScenario, type ExecutorContext } from './executors.ts';
import { Lateness, type LatenessSummary } from './lateness.ts';
import type { ScenarioOptions } from './options.ts';
import type { Point } from './points.ts';
import { messageOf, type LoadedScript } from './script.ts';
import type { Share } from './share.ts';
import type { Host, Scenario } from './virtualUser.ts';

export interface EngineOptions {
  script: LoadedScript;
  /** What this instance has of the whole. */
  share: Share;
  /** Milliseconds since the epoch, monotonic, with fraction. */
  now: () => number;
  /** When the run starts; a moment from now, so that the users are ready. */
  startMs: number;
  emit: (point: Point) => void;
  /** What the script's `setup` returned, as JSON. */
  setupData?: string | undefined;
  /** No more iterations are started once it aborts; those under way may end. */
  stop: AbortSignal;
  log: (line: string) => void;
}

export interface EngineResult {
  endMs: number;
  lateness: LatenessSummary;
  /** What the script threw, with how often. */
  scriptErrors: ReadonlyMap<string, number>;
}

/** After a stop, iterations under way have this long, or their scenario's gracefulStop if that is shorter. */
const stopGraceMs = 3_000;
/** And the script this long to return once its requests were given up. */
const lastGraceMs = 1_000;

/**
 * Runs every scenario of a script in this process.
 * @throws UnsupportedError when an iteration uses what the engine does not have.
 */
export async function runScript(options: EngineOptions): Promise<EngineResult> {
  const { script, share, now, stop, emit, log, setupData } = options;
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  const fatal = new AbortController();
  const stopped = AbortSignal.any([stop, fatal.signal]);
  const scriptErrors = new Map<string, number>();
  const lateness = new Lateness();
  let users = 0;

  const runOne = async (name: string, scenario: ScenarioOptions): Promise<void> => {
    const startMs = options.startMs + scenario.startTime;
    const giveUp = new AbortController();
    const host: Host = {
      runStartMs: options.startMs,
      now,
      emit,
      dispatcher,
      signal: giveUp.signal,
      began: (lateMs) => lateness.add(lateMs),
      scriptError: (error, isFatal) => {
        if (isFatal) return fatal.abort(error);
        const message = messageOf(error);
        const times = (scriptErrors.get(message) ?? 0) + 1;
        scriptErrors.set(message, times);
        if (times === 1) log(`${name}: an iteration threw: ${message}`);
      },
    };
    const identity: Scenario = { name, executor: scenario.executor, startMs, tags: scenario.tags };
    const context: ExecutorContext = {
      now,
      waitUntil: (instantMs) => waitUntil(instantMs, now, stopped),
      stopped: () => stopped.aborted,
      newUser: () => script.instantiate(share.nth(users++) + 1, identity, scenario.exec, host, setupData),
      dropped: (intendedMs, why) => {
        // What no system kept from beginning is the engine's own doing.
        if (why === 'over') lateness.add(now() - intendedMs);
        const tags = { scenario: name, ...scenario.tags };
        emit({ metric: 'dropped_iterations', timeMs: intendedMs, value: 1, tags, metadata: {} });
      },
    };
    const running = Promise.all(await runScenario(scenario, startMs, share, context));
    const lastMs = 'maxDuration' in scenario ? startMs + scenario.maxDuration : now();
    const inTime = await settles(
      running,
      lastMs + scenario.gracefulStop,
      scenario.gracefulStop,
      now,
      stopped,
    );
    if (inTime) return;
    giveUp.abort(new Error('the scenario has ended'));
    await Promise.race([running, delay(lastGraceMs, undefined, { ref: false })]);
  };

  try {
    // One that fails stops the others, and all have ended before the connections go.
    const scenarios = Object.entries(script.options.scenarios);
    await Promise.all(
      scenarios.map(([name, each]) => runOne(name, each).catch((error: unknown) => fatal.abort(error))),
    );
  } finally {
    await dispatcher.destroy();
  }
  if (fatal.signal.aborted) throw fatal.signal.reason;
  return { endMs: now(), lateness: lateness.summary(), scriptErrors };
}

/** Waits for an instant, never returning before it; false when stopped first. */
async function waitUntil(instantMs: number, now: () => number, stopped: AbortSignal): Promise<boolean> {
  for (let leftMs = instantMs - now(); leftMs > 0; leftMs = instantMs - now()) {
    if (stopped.aborted) return false;
    try {
      await delay(Math.ceil(leftMs), undefined, { signal: stopped });
    } catch {
      return false;
    }
  }
  return !stopped.aborted;
}

/** Whether the iterations under way end by themselves before `deadlineMs`, or soon enough after a stop. */
async function settles(
  running: Promise<unknown>,
  deadlineMs: number,
  gracefulStopMs: number,
  now: () => number,
  stopped: AbortSignal,
): Promise<boolean> {
  let ended = false;
  const over = running.then(() => (ended = true));
  const cancel = new AbortController();
  const expiry = async (): Promise<void> => {
    const inTime = await waitUntil(deadlineMs, now, AbortSignal.any([stopped, cancel.signal]));
    if (!inTime) {
      const graceMs = Math.min(gracefulStopMs, stopGraceMs);
      await delay(graceMs, undefined, { signal: cancel.signal }).catch(() => undefined);
    }
  };
  await Promise.race([over, expiry()]);
  cancel.abort();
  return ended;
}
