import type { RemovedRows } from './removeFromSystem.ts';

/** What may still store or hold a test client, a line a system. */
export const describeLeft = (results: readonly Pick<RemovedRows, 'system' | 'left'>[]): string[] =>
  results
    .filter(({ left }) => left.length > 0)
    .map(({ system, left }) => `${system}: test rows remain: ${left.join('; ')}`);
