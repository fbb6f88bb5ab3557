import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { UnsupportedError } from '../errors.ts';
import type { CookieJar } from './cookieJar.ts';
import type { HttpOptions } from './httpOptions.ts';
import type { Point } from './points.ts';
import type { RunCounts } from './runCounts.ts';
import type { Exchange, ExchangeRequest } from './transport.ts';

/** The scenario a virtual user works for. */
export interface Scenario {
  name: string;
  executor: string;
  /** Milliseconds since the epoch. */
  startMs: number;
  /** Of the whole test and of the scenario. */
  tags: Readonly<Record<string, string>>;
}

/** For what runs outside of any: while the script is loaded, in `setup` and after the run. */
export const nowhere: Scenario = { name: '', executor: '', startMs: 0, tags: {} };

/** How a virtual user in a thread of its own waits: nothing else of its thread goes on meanwhile. */
export interface Blocking {
  /** @returns by which its answer is told apart */
  start(request: ExchangeRequest): number;
  /** Waits for one of the answers to those that were started. */
  next(): { id: number; answer: Exchange };
  sleep(ms: number): void;
  /** Returns unless the iteration was interrupted: then nothing of it goes on. */
  checkpoint(): void;
}

/** What a virtual user has of its run. */
export interface Host {
  /** When the run started, as `now` has it. */
  runStartMs: number;
  /** Milliseconds since the epoch, monotonic, with fraction. */
  now: () => number;
  emit: (point: Point) => void;
  /** The script threw outside of what k6 lets it; what the engine lacks ends the run. */
  scriptError: (error: unknown) => void;
  /** An iteration begins so many milliseconds after it was to, or a request is taken up after it was asked for. */
  late: (ms: number) => void;
  /** Sends a request. Never rejects: without an answer there is an error in it. */
  exchange: (request: ExchangeRequest) => Promise<Exchange>;
  /** Null where users share a thread: there nothing may block. */
  blocking: Blocking | null;
  /** The script ends the run, or calls it failed. */
  abort: (message: string) => void;
  fail: (message: string) => void;
  /** What is counted of the whole instance. */
  counts: RunCounts;
}

/** Which of all an iteration is. */
export interface IterationNumbers {
  /** In the scenario, over all instances and in this one, counted from 0. */
  inTest: number;
  inInstance: number;
}

/** What the k6 modules of one virtual user see of it. */
export interface VirtualUserState {
  /** Over all instances, and in this one, counted from 1; 0 while the script is loaded, in `setup` and after the run. */
  readonly id: number;
  readonly idInInstance: number;
  readonly host: Host;
  readonly scenario: Scenario;
  readonly http: HttpOptions;
  /** Milliseconds that an iteration takes at least. */
  readonly minIterationMs: number;
  /** Iterations this user has begun, counted from 0; -1 while the script is being loaded. */
  iteration: number;
  numbers: IterationNumbers;
  /** How much later than it was to, in milliseconds. */
  lateMs: number;
  /** `::outer::inner` within groups. */
  group: string;
  jar: CookieJar;
  /** What its iteration has begun and not waited for yet. */
  readonly outstanding: Set<Promise<unknown>>;
  /** What the script has put on all that this user measures from now on. */
  readonly tags: Labels;
  readonly metadata: Labels;
}

export type Labels = Record<string, string | number | boolean>;

export const tagsOf = (state: VirtualUserState): Record<string, string> => ({
  scenario: state.scenario.name,
  group: state.group,
  ...state.scenario.tags,
  ...texts(state.tags),
});

export const metadataOf = (state: VirtualUserState): Record<string, string> => ({
  ...texts(state.metadata),
  vu: String(state.id),
  iter: String(state.iteration),
  late: String(state.lateMs),
});

/** Made for each measurement: a loop takes a fraction of what entries take, and there are mostly none. */
function texts(labels: Labels): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name in labels) result[name] = String(labels[name]);
  return result;
}

/** @throws Error when the script calls, while being loaded, what only iterations may. */
export function requireIteration(state: VirtualUserState, api: string): void {
  if (state.iteration < 0)
    throw new Error(`${api}: not possible in the init context, call it in the default function`);
}

/** @throws UnsupportedError where no thread may wait: the script's calls were not seen to block. */
export function requireBlocking({ host }: VirtualUserState, api: string): Blocking {
  if (host.blocking) return host.blocking;
  throw new UnsupportedError(`${api} under another name`, 'call it as it is imported');
}

/** As in k6, an iteration has not ended before all that it has begun. */
async function settled({ outstanding }: VirtualUserState): Promise<void> {
  while (outstanding.size > 0) {
    await Promise.all(outstanding);
    // What the script does with them may begin more.
    await setImmediate();
  }
}

/** Who works through iterations, one at a time. */
export interface User {
  /** Runs the script's function once; never rejects. `intendedMs` is when it was to start. */
  iterate(intendedMs: number, numbers: IterationNumbers): Promise<void>;
  /** Gives up the iteration under way. */
  interrupt(): void;
  /** Its iteration was given up: it takes no more. */
  readonly interrupted: boolean;
}

/** A module instance of the script of its own, running one iteration at a time. */
export class VirtualUser {
  readonly #state: VirtualUserState;
  readonly #run: () => unknown;

  constructor(state: VirtualUserState, run: () => unknown) {
    this.#state = state;
    this.#run = run;
  }

  /** Runs the script's function once; never rejects. `intendedMs` is when it was to start. */
  async iterate(intendedMs: number, numbers: IterationNumbers): Promise<void> {
    const state = this.#state;
    const { host } = state;
    const beganMs = host.now();
    state.lateMs = Math.max(0, beganMs - intendedMs);
    host.late(state.lateMs);
    state.iteration += 1;
    state.numbers = numbers;
    if (!state.http.keepsCookies) state.jar.clearAll();
    try {
      await this.#run();
      await settled(state);
    } catch (error) {
      host.scriptError(error);
    }
    state.group = '';
    host.blocking?.checkpoint();
    const timeMs = host.now();
    const ending = { timeMs, tags: tagsOf(state), metadata: metadataOf(state) };
    host.emit({ metric: 'iteration_duration', value: timeMs - beganMs, ...ending });
    host.emit({ metric: 'iterations', value: 1, ...ending });
    const restMs = state.minIterationMs - (timeMs - beganMs);
    if (restMs <= 0) return;
    if (host.blocking) host.blocking.sleep(restMs);
    else await delay(restMs, undefined, { ref: false });
  }
}
