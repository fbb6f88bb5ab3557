import { TestAbortedError, UnsupportedError } from '../../errors.ts';
import type { Connections } from '../connections.ts';
import type { Crew } from '../crew.ts';
import type { ScenarioOptions, ScriptOptions } from '../options.ts';
import type { Returned } from '../returned.ts';
import { RunCounts } from '../runCounts.ts';
import { mostUsers, usersAtFirst } from '../schedule.ts';
import type { RunHost, ScriptRunner } from '../scriptRunner.ts';
import type { Share } from '../share.ts';
import type { UserSpec } from '../userSpec.ts';
import { nowhere, type IterationNumbers, type Scenario, type User } from '../virtualUser.ts';
import { ScriptThread, threadProgram } from './scriptThread.ts';
import { monotonicMs, type ThreadStart } from './threadMessages.ts';

/**
 * How many virtual users may have a thread of their own in one process: each takes about 11 MiB, and 50 ms of CPU to
 * start.
 */
export const mostThreads = 200;

/** From so many on, starting them takes seconds. */
const manyThreads = 50;

/** So many threads start at a time: more only compete for the same cores. */
const startedAtOnce = 8;

/** Runs a script whose functions block: each user in a thread of its own, which stands still meanwhile. */
export class ThreadedRunner implements ScriptRunner {
  readonly #script: Pick<ThreadStart, 'path' | 'text' | 'sharedArrays' | 'initMs'>;
  readonly #options: ScriptOptions;
  readonly #crew: Crew;
  readonly #connections: Connections;
  readonly #log: (line: string) => void;
  readonly #threads = new Set<ScriptThread>();
  /** Those that are ready, by scenario. */
  readonly #ready = new Map<string, ScriptThread[]>();
  /** What they run, once it is asked for. */
  #program = '';
  #counts = new RunCounts();

  constructor(
    script: Pick<ThreadStart, 'path' | 'text' | 'sharedArrays' | 'initMs'>,
    options: ScriptOptions,
    crew: Crew,
    connections: Connections,
    log: (line: string) => void,
  ) {
    this.#script = script;
    this.#options = options;
    this.#crew = crew;
    this.#connections = connections;
    this.#log = log;
  }

  async prepare(share: Share, counts: RunCounts): Promise<void> {
    this.#counts = counts;
    this.#crew.sharedBy(share);
    const scenarios = Object.entries(this.#options.scenarios);
    refuseTooMany(scenarios, share);
    this.#program ||= await threadProgram();
    const wanted = scenarios.flatMap(([name, scenario]) =>
      Array.from(
        { length: share.part(usersAtFirst(scenario)) },
        () => [name, this.#crew.next(name)] as const,
      ),
    );
    if (wanted.length >= manyThreads)
      this.#log(`starting ${wanted.length} virtual users, each with a thread of its own: its calls wait`);
    const queue = wanted.values();
    const starter = async (): Promise<void> => {
      for (const [name, spec] of queue) {
        const thread = this.#start(spec);
        await thread.ready;
        this.#ready.set(name, [...(this.#ready.get(name) ?? []), thread]);
      }
    };
    await Promise.all(Array.from({ length: startedAtOnce }, starter));
  }

  newUser(scenario: Scenario, run: RunHost, setupData: string | undefined): User {
    const { name } = scenario;
    const thread = this.#ready.get(name)?.shift() ?? this.#start(this.#crew.next(name));
    let iterationEnded = (): void => undefined;
    thread.heardBy({ host: run, ended: () => iterationEnded(), threw: run.scriptError });
    begin(thread, scenario, run, setupData);
    return {
      get interrupted() {
        return thread.interrupted;
      },
      iterate: async (intendedMs: number, numbers: IterationNumbers) => {
        const ended = Promise.withResolvers<void>();
        iterationEnded = ended.resolve;
        thread.tell({ kind: 'iterate', intendedMs, numbers });
        await Promise.race([ended.promise, thread.gone]);
      },
      interrupt: () => thread.interrupt(),
    };
  }

  async call(
    name: string,
    argument: string | undefined,
    run: RunHost,
    signal: AbortSignal,
  ): Promise<Returned> {
    this.#program ||= await threadProgram();
    const thread = this.#start(this.#crew.nobody(name));
    const returned = Promise.withResolvers<Returned>();
    thread.heardBy({
      host: run,
      ended: (event) => returned.resolve(event.returned ?? { json: undefined, files: {} }),
      threw: returned.reject,
    });
    void thread.gone.then(() => returned.reject(new TestAbortedError('')));
    const giveUp = (): void => returned.reject(signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true });
    begin(thread, nowhere, run, undefined);
    thread.tell({ kind: 'call', argument, group: `::${name}` });
    try {
      return await returned.promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
      await thread.end();
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.end()));
    await this.#connections.destroy();
  }

  #start(spec: UserSpec): ScriptThread {
    const thread = new ScriptThread(
      this.#program,
      {
        ...this.#script,
        spec,
        options: JSON.stringify(this.#options.asWritten),
        counts: this.#counts.memory,
      },
      this.#connections,
      this.#log,
    );
    if (spec.id > 0) this.#counts.add('initialized', 1);
    this.#threads.add(thread);
    void thread.gone.then(() => this.#threads.delete(thread));
    return thread;
  }
}

function begin(
  thread: ScriptThread,
  scenario: Scenario,
  { now, runStartMs }: RunHost,
  setupData: string | undefined,
): void {
  const clockOffsetMs = now() - monotonicMs();
  thread.tell({ kind: 'begin', scenario, runStartMs, clockOffsetMs, setupData });
}

function refuseTooMany(scenarios: readonly [string, ScenarioOptions][], share: Share): void {
  const most = scenarios.reduce((sum, [, scenario]) => sum + share.part(mostUsers(scenario)), 0);
  if (most <= mostThreads) return;
  throw new UnsupportedError(
    `${most} virtual users whose calls wait (http.get, sleep …)`,
    `it has ${mostThreads} in a process: ask for fewer, share them among --instances, wait by http.asyncRequest alone, ` +
      'or run the script with k6',
  );
}
