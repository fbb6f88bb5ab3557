/**
 * An option of V8 by which it optimises a function after some hundreds of calls. Each request runs the same code, and by
 * default all of that is optimised at once after some ten thousand requests: within a hold, on the cores that requests
 * need, for a tenth of a second in which their p99 is ten times what it is.
 */
export const optimisedSoon = '--invocation-count-for-turbofan=100';
