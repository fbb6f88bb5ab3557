import { createHash } from 'node:crypto';
import { limits } from '../monitoring/limits.ts';
import type { DrillScope } from '../records/drillScope.ts';

/** How the drilled systems of a stage were chosen, where it was by a share of them. */
export interface DrilledShare {
  /** Of the stage's systems, greater than 0. */
  percent: number;
  /** Whoever names it again drills the same systems. */
  seed: string;
}

/**
 * Names of so many of a stage's systems, one at least, rounded up: those of which the SHA-256 of `seed name` sorts
 * first. The same systems and seed give the same choice, and a greater share of them holds the smaller one.
 */
export function chooseSystems(names: readonly string[], { percent, seed }: DrilledShare): string[] {
  const count = Math.max(1, Math.ceil((names.length * percent) / 100));
  const rankOf = (name: string): string => createHash('sha256').update(`${seed} ${name}`).digest('hex');
  return names
    .map((name) => ({ name, rank: rankOf(name) }))
    .toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ name }) => name)
    .toSorted();
}

/** Whether an outage of so many systems is one of the whole fleet, which has a page of its own. */
export const hitsFleet = (drilled: number, { stageSystems }: DrillScope): boolean =>
  (drilled / stageSystems) * 100 >= limits.fleet.unhealthySharePercent;
