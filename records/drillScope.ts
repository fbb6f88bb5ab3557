import { counted } from '../core/counted.ts';
import type { DrillResult } from './drill.ts';

/** Which part of a stage a drill hurts. */
export type DrillScope = NonNullable<DrillResult['scope']>;

/** `1 system`, `5 systems` */
export const countOfSystems = (count: number): string => counted(count, 'system');

/** `5 of 50 systems (10 %, seed 2026-11-26): system-03, …`; of all of them the number alone. */
export function scopeInWords(
  systems: readonly string[],
  { stageSystems, share }: DrillScope = { stageSystems: systems.length, share: null },
): string {
  if (systems.length === stageSystems) return countOfSystems(stageSystems);
  const how = share === null ? '' : ` (${share.percent} %, seed ${share.seed})`;
  return `${systems.length} of ${countOfSystems(stageSystems)}${how}: ${systems.join(', ')}`;
}
