import type { Returned } from './returned.ts';
import type { RunCounts } from './runCounts.ts';
import type { Share } from './share.ts';
import type { Host, Scenario, User } from './virtualUser.ts';

/** What all users of a scenario have of its run. */
export type RunHost = Omit<Host, 'exchange' | 'blocking'>;

/** Where a script's functions run: on the engine's own thread, or each user on one of its own. */
export interface ScriptRunner {
  /**
   * Makes the users that scenarios begin with.
   * @throws UnsupportedError for more than there may be
   * @throws ScriptError for what throws in the init context of one
   */
  prepare(share: Share, counts: RunCounts): Promise<void>;
  /** A user of a scenario, with a module instance of its own. */
  newUser(scenario: Scenario, run: RunHost, setupData: string | undefined): User;
  /**
   * Runs an exported function once, by a module instance of its own.
   * @param argument as JSON
   * @param signal gives it up: then it rejects with the signal's reason
   */
  call(name: string, argument: string | undefined, run: RunHost, signal: AbortSignal): Promise<Returned>;
  close(): Promise<void>;
}
