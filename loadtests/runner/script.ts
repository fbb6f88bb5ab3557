import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createContext, runInContext, Script } from 'node:vm';
import { Agent } from 'undici';
import { ScriptError, UnsupportedError } from '../errors.ts';
import { bundleScript } from './bundle.ts';
import { crypto } from './modules/crypto.ts';
import { encoding } from './modules/encoding.ts';
import { execution } from './modules/execution.ts';
import { http } from './modules/http.ts';
import { k6 } from './modules/k6.ts';
import { metrics } from './modules/metrics.ts';
import { parseOptions, type ScriptOptions } from './options.ts';
import { builtInMetrics, type MetricType } from './points.ts';
import { VirtualUser, type Host, type Scenario, type VirtualUserState } from './virtualUser.ts';

/** A k6 script, read and checked. */
export interface LoadedScript {
  path: string;
  options: ScriptOptions;
  /** Of the built-in metrics and the script's own. */
  metricTypes: Readonly<Record<string, MetricType>>;
  /**
   * Runs the exported function `setup()` once, before the run.
   * @returns as JSON, what it hands to every iteration; undefined without one
   * @throws ScriptError when it throws, or takes longer than `setupTimeout`
   */
  setup(): Promise<string | undefined>;
  /**
   * A virtual user with a module instance of its own. `exec` names the exported function it runs.
   * @param data what `setup` returned
   */
  instantiate(id: number, scenario: Scenario, exec: string, host: Host, data?: string): VirtualUser;
}

type Instance = (
  require: (name: string) => unknown,
  module: { exports: Record<string, unknown> },
  k6: unknown,
) => void;

/** What k6's runtime does not have, or has in another shape: a script that uses it would fail there. */
const notInK6 = ['Intl', 'SharedArrayBuffer', 'Atomics', 'WebAssembly'];

const lifecycle = ['teardown', 'handleSummary'];

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
): Promise<LoadedScript> {
  const text = await bundleScript(path);
  const write = (...values: unknown[]): void => log(values.map(String).join(' '));
  const console = { log: write, info: write, warn: write, error: write, debug: write };
  // A bare context: a script that reaches for Node finds nothing there, as in k6.
  const { open, whileLoading } = openFrom(dirname(path));
  const context = createContext({ console, open });
  runInContext(notInK6.map((name) => `delete globalThis.${name};`).join(''), context);
  const script = new Script(`(function (require, module, __k6) {${text}\n})`, { filename: path });
  const instance = script.runInContext(context) as Instance;

  const types = new Map<string, MetricType>();
  const init = (state: VirtualUserState): Record<string, unknown> => {
    const modules: Record<string, () => unknown> = {
      k6: () => k6(state),
      'k6/crypto': crypto,
      'k6/encoding': encoding,
      'k6/execution': () => execution(state),
      'k6/http': () => http(state),
      'k6/metrics': () => metrics(state, types),
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
    try {
      whileLoading(() => instance(require, module, globals));
    } catch (error) {
      if (error instanceof UnsupportedError) throw error;
      throw new ScriptError(path, messageOf(error), { cause: error });
    }
    return module.exports;
  };

  const exported = init(stateOf(0, nowhere, initHost));
  for (const name of lifecycle) {
    if (name in exported)
      throw new UnsupportedError(`the exported function ${name}()`, 'run the script with k6');
  }
  const metricTypes = { ...builtInMetrics, ...Object.fromEntries(types) };
  const options = parseOptions(path, exported['options'], metricTypes);
  for (const [name, { exec }] of Object.entries(options.scenarios)) {
    if (typeof exported[exec] !== 'function') {
      throw new ScriptError(path, `scenario "${name}" runs the function "${exec}", which is not exported`);
    }
  }
  return {
    path,
    options,
    metricTypes,
    setup: async () => {
      if (typeof exported['setup'] !== 'function') return undefined;
      const signal = AbortSignal.timeout(options.setupTimeout);
      const state = stateOf(0, nowhere, { ...initHost, signal });
      const run = init(state)['setup'] as () => unknown;
      state.iteration = 0;
      try {
        return JSON.stringify(await Promise.race([run(), tooLong(signal, options.setupTimeout)]));
      } catch (error) {
        if (error instanceof UnsupportedError) throw error;
        throw new ScriptError(path, `setup(): ${messageOf(error)}`, { cause: error });
      }
    },
    instantiate: (id, scenario, exec, host, data) => {
      const state = stateOf(id, scenario, host);
      const run = init(state)[exec] as (data: unknown) => unknown;
      // A copy of its own for each user, as in k6.
      const ready: unknown = data === undefined ? undefined : JSON.parse(data);
      return new VirtualUser(state, () => run(ready));
    },
  };
}

/** k6's `open`: the text of a file beside the script, or anywhere by its whole path; only while the script is loaded. */
function openFrom(directory: string) {
  let loading = false;
  return {
    open: (file: string): string => {
      if (!loading) throw new Error('open(): only possible in the init context');
      return readFileSync(resolve(directory, file), 'utf8');
    },
    whileLoading: (load: () => void): void => {
      loading = true;
      try {
        load();
      } finally {
        loading = false;
      }
    },
  };
}

/** Rejects once the signal aborts. Whoever asks waits for it: a rejection that nobody waits for ends the process. */
const tooLong = (signal: AbortSignal, ms: number): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`took longer than ${ms / 1_000} s`)));
  });

const stateOf = (id: number, scenario: Scenario, host: Host): VirtualUserState => ({
  id,
  host,
  scenario,
  iteration: -1,
  iterationInTest: 0,
  lateMs: 0,
  tags: {},
  metadata: {},
});

/** The script threw in its own realm: its errors are no instances of ours. */
export const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);

// While options are read nothing runs yet, so nothing of this is reached.
const nowhere: Scenario = { name: '', executor: '', startMs: 0, tags: {} };
const initHost: Host = {
  runStartMs: 0,
  now: () => 0,
  emit: () => undefined,
  scriptError: () => undefined,
  began: () => undefined,
  dispatcher: new Agent(),
  signal: AbortSignal.abort(),
};
