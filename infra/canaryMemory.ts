/** Systems that a quarter of a core can greet within the canary's deadline: a TLS handshake each. */
const systemsPerQuarterCore = 25;

/** Memory of the canary of so many systems; it brings the share of a core. */
export const canaryMemoryMiB = (systems: number): number =>
  Math.min(1_769, 512 * Math.ceil(systems / systemsPerQuarterCore));
