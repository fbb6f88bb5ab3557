import { Agent, type Dispatcher } from 'undici';
import type { ConnectionOptions } from './httpOptions.ts';

/** The connections of a run: kept and shared by its users, unless its script says otherwise. */
export class Connections {
  readonly #options: ConnectionOptions;
  readonly #agents = new Set<Agent>();
  #shared: Agent | null = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** @returns what gives a user its connections, and is told when its iteration has ended */
  ofUser(): { dispatcher: () => Dispatcher; iterationEnded: () => void } {
    if (!this.#options.reusesWithinIteration)
      return { dispatcher: () => (this.#shared ??= this.#make()), iterationEnded: () => undefined };
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

  /** Those there are; whoever asks later has new ones. */
  async destroy(): Promise<void> {
    const agents = [...this.#agents];
    this.#agents.clear();
    this.#shared = null;
    await Promise.all(agents.map((agent) => agent.destroy()));
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
