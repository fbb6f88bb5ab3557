import type { ScenarioOptions, ScriptOptions } from './options.ts';
import { wholeShare, type Share } from './share.ts';
import type { UserSpec } from './userSpec.ts';

/** Gives the users of a run their numbers, in the order in which they are made. */
export class Crew {
  readonly #options: ScriptOptions;
  readonly #env: Readonly<Record<string, string>>;
  #share: Share = wholeShare;
  #users = 0;

  /** @param env what the script sees as `__ENV` */
  constructor(options: ScriptOptions, env: Readonly<Record<string, string>>) {
    this.#options = options;
    this.#env = env;
  }

  sharedBy(share: Share): void {
    this.#share = share;
  }

  /** The next user of a scenario. */
  next(scenario: string): UserSpec {
    const { http, minIterationDuration, scenarios } = this.#options;
    const { exec, env } = scenarios[scenario] as ScenarioOptions;
    const index = this.#users++;
    return {
      id: this.#share.nth(index) + 1,
      idInInstance: index + 1,
      exec,
      env: { ...this.#env, ...env },
      http,
      minIterationMs: minIterationDuration,
    };
  }

  /** Who runs a function of the script once, outside of any scenario. */
  nobody(exec: string): UserSpec {
    return { id: 0, idInInstance: 0, exec, env: this.#env, http: this.#options.http, minIterationMs: 0 };
  }
}
