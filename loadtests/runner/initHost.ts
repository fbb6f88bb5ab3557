import { TestAbortedError } from '../errors.ts';
import { RunCounts } from './runCounts.ts';
import type { Host } from './virtualUser.ts';

// Nothing runs yet, so nothing of this is reached.
const unreachable = (): never => {
  throw new TestAbortedError('');
};

/** What an init context has, before there is a run. */
export const initHost: Readonly<Host> = {
  runStartMs: 0,
  now: () => 0,
  emit: unreachable,
  scriptError: unreachable,
  late: unreachable,
  exchange: unreachable,
  blocking: null,
  abort: unreachable,
  fail: unreachable,
  counts: new RunCounts(),
};
