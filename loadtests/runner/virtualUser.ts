import type { Dispatcher } from 'undici';
import { UnsupportedError } from '../errors.ts';
import type { Point } from './points.ts';

/** The scenario a virtual user works for. */
export interface Scenario {
  name: string;
  executor: string;
  /** Milliseconds since the epoch. */
  startMs: number;
  tags: Readonly<Record<string, string>>;
}

/** What all virtual users of a run share. */
export interface Host {
  /** When the run started, as `now` has it. */
  runStartMs: number;
  /** Milliseconds since the epoch, monotonic, with fraction. */
  now: () => number;
  emit: (point: Point) => void;
  /** The script threw outside of what k6 lets it; `fatal` ends the run. */
  scriptError: (error: unknown, fatal: boolean) => void;
  /** An iteration begins, so many milliseconds after it was to. */
  began: (lateMs: number) => void;
  dispatcher: Dispatcher;
  /** Aborted when requests under way are given up. */
  signal: AbortSignal;
}

/** What the k6 modules of one virtual user see of it. */
export interface VirtualUserState {
  readonly id: number;
  readonly host: Host;
  readonly scenario: Scenario;
  /** Iterations this user has begun, counted from 0; -1 while the script is being loaded. */
  iteration: number;
  iterationInTest: number;
  /** How much later than it was to, in milliseconds. */
  lateMs: number;
  /** What the script has put on all that this user measures from now on. */
  readonly tags: Labels;
  readonly metadata: Labels;
}

export type Labels = Record<string, string | number | boolean>;

export const tagsOf = (state: VirtualUserState): Record<string, string> => ({
  scenario: state.scenario.name,
  group: '',
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

/** One virtual user: a module instance of the script of its own, running one iteration at a time. */
export class VirtualUser {
  readonly #state: VirtualUserState;
  readonly #run: () => unknown;

  constructor(state: VirtualUserState, run: () => unknown) {
    this.#state = state;
    this.#run = run;
  }

  /** Runs the script's function once; never rejects. `intendedMs` is when it was to start. */
  async iterate(intendedMs: number, iterationInTest: number): Promise<void> {
    const state = this.#state;
    const { host } = state;
    const beganMs = host.now();
    state.lateMs = Math.max(0, beganMs - intendedMs);
    host.began(state.lateMs);
    state.iteration += 1;
    state.iterationInTest = iterationInTest;
    try {
      await this.#run();
    } catch (error) {
      host.scriptError(error, error instanceof UnsupportedError);
    }
    const timeMs = host.now();
    const ending = { timeMs, tags: tagsOf(state), metadata: metadataOf(state) };
    host.emit({ metric: 'iteration_duration', value: timeMs - beganMs, ...ending });
    host.emit({ metric: 'iterations', value: 1, ...ending });
  }
}
