import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createContext, runInContext, Script, type Context } from 'node:vm';
import { ScriptError, ScriptInterruptedError, TestAbortedError, UnsupportedError } from '../errors.ts';
import { crypto } from './modules/crypto.ts';
import { data } from './modules/data.ts';
import { encoding } from './modules/encoding.ts';
import { execution } from './modules/execution.ts';
import { http } from './modules/http.ts';
import { k6 } from './modules/k6.ts';
import { metrics } from './modules/metrics.ts';
import type { MetricType } from './points.ts';
import type { SharedArrays } from './sharedArrays.ts';
import { tooLong, type Standstill } from './standstill.ts';
import type { VirtualUserState } from './virtualUser.ts';

/** What a script is run with. */
export interface RealmOptions {
  path: string;
  /** Of `bundleScript`. */
  text: string;
  /** Where the script's `console` writes. */
  log: (line: string) => void;
  sharedArrays: SharedArrays;
  /** What `exec.test.options` shows. */
  options: () => unknown;
  /** How long its init context may take, in milliseconds. */
  initMs: number;
  /** Whether Ctrl-C ends what is loaded, on the process's main thread: nothing else of it goes on meanwhile. */
  endsByInterrupt?: boolean;
  /** What bounds the time of an instance that is loaded now; null for nothing: then it has a time limit of its own. */
  watch?: () => Standstill | null;
}

type Instance = (
  require: (name: string) => unknown,
  module: { exports: Record<string, unknown> },
  k6: unknown,
) => void;

/** What k6's runtime does not have, or has in another shape: a script that uses it would fail there. */
const notInK6 = ['Intl', 'SharedArrayBuffer', 'Atomics', 'WebAssembly'];

/** What k6 has and the engine has not. */
const refusedGlobals = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'];

/** By this name the context loads an instance: no script knows it. */
const loading = Symbol.for('headroom.load');
const load = new Script("globalThis[Symbol.for('headroom.load')]()");

/** Where a script's code runs: a bare context, in which a script that reaches for Node finds nothing, as in k6. */
export class ScriptRealm {
  /** Of the metrics that the script defines, known once it was loaded; and those of them that are durations. */
  readonly metricTypes: Map<string, MetricType> = new Map();
  readonly timeMetrics: Set<string> = new Set();
  readonly #options: RealmOptions;
  readonly #instance: Instance;
  readonly #context: Context;
  #loading = false;
  /** Whether Ctrl-C has ended the loading of an instance. */
  #interrupted = false;

  constructor(options: RealmOptions) {
    const { path, text } = options;
    this.#options = options;
    const context = createContext({ console: consoleOf(options.log), open: this.#open.bind(this) });
    runInContext(notInK6.map((name) => `delete globalThis.${name};`).join(''), context);
    for (const name of refusedGlobals) {
      context[name] = () => {
        throw new UnsupportedError(`${name}()`, 'run the script with k6');
      };
    }
    const script = new Script(`(function (require, module, __k6) {${text}\n})`, { filename: path });
    this.#instance = script.runInContext(context) as Instance;
    this.#context = context;
  }

  /**
   * A module instance of a user's own.
   * @returns what the script exports
   * @throws ScriptError UnsupportedError
   */
  instantiate(
    state: VirtualUserState,
    env: Readonly<Record<string, string>>,
  ): Readonly<Record<string, unknown>> {
    const { path, sharedArrays, options } = this.#options;
    const modules: Record<string, () => unknown> = {
      k6: () => k6(state),
      'k6/crypto': crypto,
      'k6/data': () => data(state, sharedArrays),
      'k6/encoding': encoding,
      'k6/execution': () => execution(state, options),
      'k6/http': () => http(state),
      'k6/metrics': () => metrics(state, this.metricTypes, this.timeMetrics),
    };
    const require = (name: string): unknown => {
      const make = modules[name];
      if (make) return make();
      throw new UnsupportedError(`module "${name}"`, `it has ${Object.keys(modules).join(', ')}`);
    };
    const module = { exports: {} as Record<string, unknown> };
    const globals = {
      env,
      vu: state.id,
      get iteration() {
        return state.iteration;
      },
    };
    this.#loading = true;
    try {
      this.#run(() => this.#instance(require, module, globals));
    } catch (error) {
      if (error instanceof UnsupportedError || error instanceof TestAbortedError) throw error;
      if (error instanceof ScriptError) throw error;
      throw new ScriptError(path, messageOf(error), { cause: error });
    } finally {
      this.#loading = false;
    }
    return module.exports;
  }

  /** Within its time, and until Ctrl-C: what loops without end would leave no chance to do anything about it. */
  #run(instance: () => void): void {
    const { path, initMs, endsByInterrupt = false, watch } = this.#options;
    const standstill = watch?.() ?? null;
    const context = this.#context as Record<symbol, unknown>;
    context[loading] = instance;
    try {
      // While it may, nobody else hears of a Ctrl-C, also not of the one before that is still on its way to who listens.
      const breakOnSigint = endsByInterrupt && !this.#interrupted;
      if (standstill) standstill.whileLoading(() => void load.runInContext(this.#context, { breakOnSigint }));
      // By a thread that is started for it, which takes longer than most init contexts.
      else load.runInContext(this.#context, { timeout: initMs, breakOnSigint });
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
        throw new ScriptError(path, tooLong.init(initMs), { cause: error });
      }
      if (code !== 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw error;
      // Whoever listens for it was not told.
      this.#interrupted = true;
      process.kill(process.pid, 'SIGINT');
      throw new ScriptInterruptedError(path, { cause: error });
    } finally {
      delete context[loading];
    }
  }

  /** k6's `open`: a file beside the script, or anywhere by its whole path; only while the script is loaded. */
  #open(file: string, mode = ''): string | ArrayBuffer {
    if (!this.#loading) throw new Error('open(): only possible in the init context');
    const path = resolve(dirname(this.#options.path), file);
    if (mode === 'b') return new Uint8Array(readFileSync(path)).buffer;
    if (mode === '') return readFileSync(path, 'utf8');
    throw new Error(`open(): mode "${mode}": expected "b" or none`);
  }
}

function consoleOf(log: (line: string) => void): Record<string, unknown> {
  const text = (value: unknown): string =>
    typeof value === 'object' && value !== null && !(value instanceof Error) && !('stack' in value)
      ? JSON.stringify(value)
      : String(value);
  const write = (...values: unknown[]): void => log(values.map(text).join(' '));
  return { log: write, info: write, warn: write, error: write, debug: write };
}

/** The script threw in its own realm: its errors are no instances of ours. */
export const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
