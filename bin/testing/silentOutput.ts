import type { Output } from '../output.ts';

const nothing = (): void => {};

/** For a command that is looked at and not run. */
export const silentOutput: Output = {
  color: false,
  width: 80,
  answer: nothing,
  progress: nothing,
  command: nothing,
  heading: nothing,
};
