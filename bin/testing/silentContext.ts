import { systemClock } from '../../core/clock.ts';
import type { Context } from '../context.ts';

const nothing = (): void => {};

/** For a command that is looked at and not run. */
export const silentContext = (): Context => ({
  clock: systemClock,
  random: () => 0,
  signal: new AbortController().signal,
  output: {
    color: false,
    width: 80,
    answer: nothing,
    progress: nothing,
    passing: nothing,
    command: nothing,
    interactive: false,
    heading: nothing,
    silence: nothing,
  },
  stateDirectory: 'never',
  currentCommit: () => Promise.resolve(null),
});
