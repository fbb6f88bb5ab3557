import { limits } from './limits.ts';

/**
 * Ends one SDK call that gets no answer: the clients wait for ever by themselves. Aborted too by
 * `signal`, where the call changes nothing and may be given up at any moment.
 */
export const callLimit = (signal?: AbortSignal): AbortSignal => {
  const late = AbortSignal.timeout(limits.drill.callTimeoutMs);
  return signal === undefined ? late : AbortSignal.any([late, signal]);
};

/** Options for calls that make up one answer, as the pages of a list do: each of them has its own limit. */
export const eachCallLimit = (signal?: AbortSignal) => ({
  get abortSignal(): AbortSignal {
    return callLimit(signal);
  },
});
