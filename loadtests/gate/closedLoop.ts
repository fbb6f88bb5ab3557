import type { RunFile } from '../../records/run.ts';

/** The scenarios of a user's script that have no schedule: each of their iterations follows the one before. */
export interface ClosedLoops {
  names: readonly string[];
  /** Whether the run had no other ones, so that nothing of it was due at any time. */
  isAll: boolean;
}

/** Null for a run in which every iteration was due at its time. */
export function closedLoopsOf({ script }: Pick<RunFile, 'script'>): ClosedLoops | null {
  const all = script?.scenarios ?? [];
  const names = all.filter(({ scheduled }) => scheduled === false).map(({ name }) => name);
  return names.length === 0 ? null : { names, isAll: names.length === all.length };
}

/** The scenarios of a user's script of which nobody knows whether their iterations were due at any time. */
export const unknownSchedulesOf = ({ script }: Pick<RunFile, 'script'>): string[] =>
  (script?.scenarios ?? []).flatMap(({ name, scheduled }) => (scheduled === null ? [name] : []));

/** Why a run is not asked whether it kept its schedule, and what that means for its verdict; null where it is asked. */
export function noScheduleOf(run: Pick<RunFile, 'script'>): string | null {
  const loops = closedLoopsOf(run);
  if (loops === null) return null;
  const { names, isAll } = loops;
  return (
    `Not checked for ${isAll ? 'the script' : names.join(', ')}: a closed loop has no schedule to keep, and sends less to a ` +
    'slow system. Only the rates measured during the hold show whether the expected peak was reached.'
  );
}
