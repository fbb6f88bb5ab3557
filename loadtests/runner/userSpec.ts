import { CookieJar } from './cookieJar.ts';
import type { HttpOptions } from './httpOptions.ts';
import type { Host, Scenario, VirtualUserState } from './virtualUser.ts';

/** Which virtual user one is, and what it is to run. */
export interface UserSpec {
  /** Over all instances, and in this one, counted from 1. */
  id: number;
  idInInstance: number;
  /** Name of the exported function that its iterations run. */
  exec: string;
  /** What it sees as `__ENV`. */
  env: Readonly<Record<string, string>>;
  http: HttpOptions;
  minIterationMs: number;
}

/** A virtual user before its first iteration. */
export const stateOf = (
  { id, idInInstance, http, minIterationMs }: Omit<UserSpec, 'exec' | 'env'>,
  scenario: Scenario,
  host: Host,
): VirtualUserState => ({
  id,
  idInInstance,
  host,
  scenario,
  http,
  minIterationMs,
  iteration: -1,
  numbers: { inTest: 0, inInstance: 0 },
  lateMs: 0,
  group: '',
  jar: new CookieJar(),
  outstanding: new Set(),
  tags: {},
  metadata: {},
});
