import { createHash } from 'node:crypto';
import { limits } from '../monitoring/limits.ts';

/** Which part of a stage a drill hurts. */
export interface DrillScope {
  /** Systems that the stage has, drilled or not. */
  stageSystems: number;
  /** How the drilled ones were chosen, where it was by a share of them. */
  share: DrilledShare | null;
}

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

/** `1 system`, `5 systems` */
export const countOfSystems = (count: number): string => `${count} system${count === 1 ? '' : 's'}`;

/** `5 of 50 systems (10 %, seed 2026-11-26): system-03, …`; of all of them the number alone. */
export function scopeInWords(systems: readonly string[], { stageSystems, share }: DrillScope): string {
  if (systems.length === stageSystems) return countOfSystems(stageSystems);
  const how = share === null ? '' : ` (${share.percent} %, seed ${share.seed})`;
  return `${systems.length} of ${countOfSystems(stageSystems)}${how}: ${systems.join(', ')}`;
}
