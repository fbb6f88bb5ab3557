import { oneVcpuMiB } from '../fleet/lambdaCpu.ts';

/** Systems that a quarter of a core can greet within the canary's deadline: a TLS handshake each. */
const systemsPerQuarterCore = 25;

/** Memory of the canary of so many systems, in MiB: it brings the share of a core, of which one is all that it can use. */
export const canaryMemoryMiB = (systems: number): number =>
  Math.min(oneVcpuMiB, 512 * Math.ceil(systems / systemsPerQuarterCore));
