import { setImmediate } from 'node:timers/promises';
import { unlessAborted } from '../../core/unlessAborted.ts';
import { TestAbortedError } from '../errors.ts';
import type { Connections } from './connections.ts';
import type { Crew } from './crew.ts';
import { initHost } from './initHost.ts';
import type { ScriptOptions } from './options.ts';
import type { RunCounts } from './runCounts.ts';
import { usersAtFirst } from './schedule.ts';
import type { ScriptRealm } from './scriptRealm.ts';
import { returnedOf, type Returned } from './returned.ts';
import type { RunHost, ScriptRunner } from './scriptRunner.ts';
import type { Share } from './share.ts';
import { exchange, UnderWay } from './transport.ts';
import { stateOf } from './userSpec.ts';
import {
  nowhere,
  VirtualUser,
  type Host,
  type IterationNumbers,
  type Scenario,
  type User,
} from './virtualUser.ts';

/** Makes a user of the run that begins. */
type Begin = (scenario: Scenario, run: RunHost, setupData: string | undefined) => User;

/** Runs a script whose functions wait by promises alone: all its users share the engine's thread. */
export class InlineRunner implements ScriptRunner {
  readonly #realm: ScriptRealm;
  readonly #options: ScriptOptions;
  readonly #crew: Crew;
  readonly #connections: Connections;
  readonly #stuck: AbortSignal;
  /** Whose init contexts have run, by scenario. */
  readonly #ready = new Map<string, Begin[]>();
  #closed = false;

  /** @param stuck once it aborts, no user gets an answer any more: what it would do with that may never return either */
  constructor(
    realm: ScriptRealm,
    options: ScriptOptions,
    crew: Crew,
    connections: Connections,
    stuck: AbortSignal,
  ) {
    this.#realm = realm;
    this.#options = options;
    this.#crew = crew;
    this.#connections = connections;
    this.#stuck = stuck;
  }

  async prepare(share: Share, counts: RunCounts): Promise<void> {
    this.#crew.sharedBy(share);
    for (const [name, scenario] of Object.entries(this.#options.scenarios)) {
      const ready: Begin[] = [];
      this.#ready.set(name, ready);
      for (let left = share.part(usersAtFirst(scenario)); left > 0 && !this.#closed; left -= 1) {
        // A turn for each: thousands take seconds, and what never returns takes all with it that it was called from.
        await setImmediate();
        ready.push(this.#make(name, counts));
      }
    }
  }

  newUser(scenario: Scenario, run: RunHost, setupData: string | undefined): User {
    const begin = this.#ready.get(scenario.name)?.shift() ?? this.#make(scenario.name, run.counts);
    return begin(scenario, run, setupData);
  }

  /** Runs the init context of a scenario's next user. */
  #make(name: string, counts: RunCounts): Begin {
    counts.add('initialized', 1);
    const connections = this.#connections.ofUser();
    const underWay = new UnderWay();
    const spec = this.#crew.next(name);
    // What the script has imported keeps both: they are filled once the run is known.
    const host: Host = { ...initHost, counts };
    const scenario: Scenario = { ...nowhere };
    const state = stateOf(spec, scenario, host);
    const exported = this.#realm.instantiate(state, spec.env)[spec.exec] as (data: unknown) => unknown;
    return (begun, run, setupData) => {
      Object.assign(scenario, begun);
      Object.assign(host, this.#hostOf(run, connections, underWay));
      // A copy of its own for each user, as in k6.
      const data: unknown = setupData === undefined ? undefined : JSON.parse(setupData);
      const user = new VirtualUser(state, () => exported(data));
      return {
        get interrupted() {
          return underWay.interrupted;
        },
        iterate: async (intendedMs: number, numbers: IterationNumbers) => {
          await user.iterate(intendedMs, numbers);
          connections.iterationEnded();
        },
        interrupt: () => underWay.interrupt(),
      };
    };
  }

  async call(
    name: string,
    argument: string | undefined,
    run: RunHost,
    signal: AbortSignal,
  ): Promise<Returned> {
    const underWay = new UnderWay();
    const spec = this.#crew.nobody(name);
    const state = stateOf(spec, nowhere, this.#hostOf(run, this.#connections.ofUser(), underWay));
    const exported = this.#realm.instantiate(state, spec.env)[name] as (data: unknown) => unknown;
    state.iteration = 0;
    state.group = `::${name}`;
    try {
      const data: unknown = argument === undefined ? undefined : JSON.parse(argument);
      const returned: unknown = await unlessAborted(Promise.resolve(exported(data)), signal);
      return returnedOf(returned);
    } finally {
      underWay.interrupt();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#connections.destroy();
  }

  #hostOf(run: RunHost, { dispatcher }: ReturnType<Connections['ofUser']>, underWay: UnderWay): Host {
    return {
      ...run,
      exchange: async (request) => {
        const answer = await exchange(dispatcher(), request, run.now, underWay);
        return this.#stuck.aborted ? never : answer;
      },
      blocking: null,
      abort: (message) => {
        run.abort(message);
        throw new TestAbortedError(message);
      },
    };
  }
}

const never = new Promise<never>(() => undefined);
