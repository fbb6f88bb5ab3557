import { Agent, type Dispatcher } from 'undici';
import type { ConnectionOptions } from './httpOptions.ts';

/** The connections of a run: kept and shared by its users, unless its script says otherwise. */
export class Connections {
  readonly #options: ConnectionOptions;
  readonly #agents = new Set<Agent>();
  readonly #shared: Agent;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#shared = this.#make();
  }

  /** @returns what gives a user its connections, and is told when its iteration has ended */
  ofUser(): { dispatcher: () => Dispatcher; iterationEnded: () => void } {
    if (!this.#options.reusesWithinIteration)
      return { dispatcher: () => this.#shared, iterationEnded: () => undefined };
    let own: Agent | null = null;
    return {
      dispatcher: () => (own ??= this.#make()),
      iterationEnded: () => {
        if (!own) return;
        this.#agents.delete(own);
        void own.destroy();
        own = null;
      },
    };
  }

  async destroy(): Promise<void> {
    await Promise.all([...this.#agents].map((agent) => agent.destroy()));
  }

  #make(): Agent {
    const { reusesNone, insecure } = this.#options;
    const agent = new Agent({
      headersTimeout: 0,
      bodyTimeout: 0,
      ...(reusesNone ? { pipelining: 0 } : {}),
      ...(insecure ? { connect: { rejectUnauthorized: false } } : {}),
    });
    this.#agents.add(agent);
    return agent;
  }
}
