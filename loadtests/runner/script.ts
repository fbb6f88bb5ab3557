import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';
import { unlessAborted } from '../../core/unlessAborted.ts';
import { ScriptError, TestAbortedError, UnsupportedError, type ScriptExitCode } from '../errors.ts';
import { ThreadedRunner } from './blocking/threadedRunner.ts';
import { mayBlock } from './blockingCalls.ts';
import { bundleScript } from './bundle.ts';
import { Connections } from './connections.ts';
import { Crew } from './crew.ts';
import { defaultHttpOptions } from './httpOptions.ts';
import { initHost } from './initHost.ts';
import { InlineRunner } from './inlineRunner.ts';
import { parseOptions, type ScriptOptions } from './options.ts';
import { builtInMetrics, type MetricType, type Point } from './points.ts';
import type { Returned } from './returned.ts';
import { RunCounts } from './runCounts.ts';
import { messageOf, ScriptRealm } from './scriptRealm.ts';
import type { RunHost, ScriptRunner } from './scriptRunner.ts';
import { SharedArrays } from './sharedArrays.ts';
import type { Share } from './share.ts';
import { watchStandstill, type ScriptBounds, type Standstill } from './standstill.ts';
import { stateOf } from './userSpec.ts';
import { nowhere, type Scenario, type User } from './virtualUser.ts';

/** A k6 script, read and checked. */
export interface LoadedScript {
  path: string;
  options: ScriptOptions;
  /** Of the built-in metrics and the script's own. */
  metricTypes: Readonly<Record<string, MetricType>>;
  /** Those of the script's own that are durations. */
  timeMetrics: ReadonlySet<string>;
  /** Whether its users have threads of their own, since it may wait where no promise does. */
  blocks: boolean;
  /** What is counted of users and iterations. */
  counts: RunCounts;
  /** Why `setup` or `teardown` called the run failed; null where they did not. */
  failed: string | null;
  /** Aborts where code of it on this thread never returned: it was given up, and nothing waits for it any more. */
  stuck: AbortSignal;
  /** Whether it says itself what is shown at the end. */
  summarises: boolean;
  /**
   * Runs the exported function `setup()` once, before the run.
   * @returns as JSON, what it hands to every iteration; undefined without one
   * @throws ScriptError when it throws, or takes longer than `setupTimeout`
   */
  setup(): Promise<string | undefined>;
  /**
   * Runs the exported function `teardown()` once, after the run; does nothing without one.
   * @param data what `setup` returned
   * @param mostMs it has no longer, however long the script allows
   * @throws ScriptError as `setup`
   */
  teardown(data: string | undefined, mostMs?: number): Promise<void>;
  /**
   * Runs the exported function `handleSummary()`.
   * @param data as JSON
   * @returns texts and bytes by where they go
   * @throws ScriptError as `setup`
   */
  handleSummary(data: string): Promise<Returned['files']>;
  /** What `setup` and `teardown` have measured since this was called last. */
  takePoints(): readonly Point[];
  /**
   * Makes the users that the scenarios begin with; whoever does has to `close`, unless it or `setup` throws.
   * @throws UnsupportedError for more than there may be
   * @throws ScriptError for what throws in the init context of a user
   */
  prepare(share: Share): Promise<void>;
  /**
   * A virtual user with a module instance of its own.
   * @param data what `setup` returned
   */
  newUser(scenario: Scenario, run: RunHost, data?: string): User;
  /** Ends what its users have: threads, connections. */
  close(): Promise<void>;
}

const bounds: ScriptBounds = { initMs: 60_000, standstillMs: 10_000 };

/**
 * Bundles the script, runs its init context once and checks its options.
 * @param env what the script sees as `__ENV`
 * @param log where the script's `console` writes
 * @throws ScriptError UnsupportedError ThresholdError
 */
export async function loadScript(
  path: string,
  env: Readonly<Record<string, string>>,
  log: (line: string) => void,
  within: ScriptBounds = bounds,
): Promise<LoadedScript> {
  const { initMs } = within;
  const text = await bundleScript(path);
  const sharedArrays = new SharedArrays();
  let options: ScriptOptions | null = null;
  const shown = (): unknown => options?.asWritten ?? null;
  let standstill: Standstill | null = null;
  const realm = new ScriptRealm({
    path,
    text,
    log,
    sharedArrays,
    options: shown,
    initMs,
    endsByInterrupt: isMainThread,
    watch: () => standstill,
  });
  const nobody = { id: 0, idInInstance: 0, http: defaultHttpOptions, minIterationMs: 0 };
  const exported = realm.instantiate(stateOf(nobody, nowhere, initHost), env);
  const metricTypes = { ...builtInMetrics, ...Object.fromEntries(realm.metricTypes) };
  options = parseOptions(path, exported['options'], metricTypes);
  for (const [name, { exec }] of Object.entries(options.scenarios)) {
    if (typeof exported[exec] !== 'function') {
      throw new ScriptError(path, `scenario "${name}" runs the function "${exec}", which is not exported`, {
        exitCode: 104,
      });
    }
  }
  const blocks = mayBlock(text);
  const crew = new Crew(options, env);
  const connections = new Connections(options.connections);
  const stuck = new AbortController();
  const runner: ScriptRunner = blocks
    ? new ThreadedRunner(
        { path, text, sharedArrays: sharedArrays.elements, initMs },
        options,
        crew,
        connections,
        log,
      )
    : new InlineRunner(realm, options, crew, connections, stuck.signal);
  const watch = (): Standstill | null => (standstill = watchStandstill(within));
  return new Script(path, options, metricTypes, realm.timeMetrics, exported, blocks, runner, watch, stuck);
}

class Script implements LoadedScript {
  readonly counts = new RunCounts();
  failed: string | null = null;
  readonly #exported: Readonly<Record<string, unknown>>;
  readonly #runner: ScriptRunner;
  readonly #watch: () => Standstill | null;
  readonly #stuck: AbortController;
  #standstill: Standstill | null = null;
  #points: Point[] = [];

  readonly path: string;
  readonly options: ScriptOptions;
  readonly metricTypes: Readonly<Record<string, MetricType>>;
  readonly timeMetrics: ReadonlySet<string>;
  readonly blocks: boolean;

  constructor(
    path: string,
    options: ScriptOptions,
    metricTypes: Readonly<Record<string, MetricType>>,
    timeMetrics: ReadonlySet<string>,
    exported: Readonly<Record<string, unknown>>,
    blocks: boolean,
    runner: ScriptRunner,
    watch: () => Standstill | null,
    stuck: AbortController,
  ) {
    this.path = path;
    this.options = options;
    this.metricTypes = metricTypes;
    this.timeMetrics = timeMetrics;
    this.blocks = blocks;
    this.#exported = exported;
    this.#runner = runner;
    this.#watch = watch;
    this.#stuck = stuck;
  }

  get stuck(): AbortSignal {
    return this.#stuck.signal;
  }

  get summarises(): boolean {
    return this.#has('handleSummary');
  }

  async setup(): Promise<string | undefined> {
    if (!this.#has('setup')) return undefined;
    try {
      return (await this.#call('setup', undefined, this.options.setupTimeout, 100)).json;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async teardown(data: string | undefined, mostMs = Number.POSITIVE_INFINITY): Promise<void> {
    if (!this.#has('teardown')) return;
    await this.#call('teardown', data, Math.min(mostMs, this.options.teardownTimeout), 101);
  }

  async handleSummary(data: string): Promise<Returned['files']> {
    const { files } = await this.#call('handleSummary', data, this.options.handleSummaryTimeout, 107);
    return files;
  }

  takePoints(): readonly Point[] {
    const points = this.#points;
    this.#points = [];
    return points;
  }

  async prepare(share: Share): Promise<void> {
    try {
      // Of users with threads of their own nothing runs on this one.
      if (!this.blocks) this.#watchStandstill();
      await unlessAborted(this.#runner.prepare(share, this.counts), this.stuck);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  newUser(scenario: Scenario, run: RunHost, data?: string): User {
    return this.#runner.newUser(scenario, run, data);
  }

  async close(): Promise<void> {
    await this.#standstill?.stop();
    await this.#runner.close();
  }

  #watchStandstill(): void {
    this.#standstill = this.#watch();
    const signal = this.#standstill?.signal;
    signal?.addEventListener(
      'abort',
      () => this.#stuck.abort(new ScriptError(this.path, messageOf(signal.reason))),
      { once: true },
    );
  }

  #has(name: string): boolean {
    return typeof this.#exported[name] === 'function';
  }

  async #call(
    name: string,
    argument: string | undefined,
    timeoutMs: number,
    whenTooLong: ScriptExitCode,
  ): Promise<Returned> {
    let aborted: string | null = null;
    const startMs = wallClock();
    const run: RunHost = {
      runStartMs: startMs,
      now: wallClock,
      emit: (point) => void this.#points.push(point),
      scriptError: () => undefined,
      late: () => undefined,
      abort: (message) => (aborted = message),
      fail: (message) => (this.failed ??= message),
      counts: this.counts,
    };
    const tooLong = new AbortController();
    const cancel = new AbortController();
    const expiry = delay(timeoutMs, undefined, { signal: cancel.signal }).then(
      () => tooLong.abort(new Error(`took longer than ${timeoutMs / 1_000} s`)),
      () => undefined,
    );
    try {
      // A turn of its own: what never returns takes all with it that it was called from.
      const called = setImmediate().then(() => this.#runner.call(name, argument, run, tooLong.signal));
      return await unlessAborted(called, this.stuck);
    } catch (error) {
      if (error instanceof UnsupportedError || error === this.stuck.reason) throw error;
      const why = error instanceof TestAbortedError ? new TestAbortedError(aborted ?? '') : error;
      throw new ScriptError(this.path, `${name}(): ${messageOf(why)}`, {
        cause: error,
        exitCode: tooLong.signal.aborted ? whenTooLong : why instanceof TestAbortedError ? 108 : 107,
      });
    } finally {
      cancel.abort();
      await expiry;
    }
  }
}

const wallClock = (): number => performance.timeOrigin + performance.now();
