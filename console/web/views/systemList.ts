import type { AlarmState, SystemView } from '../../wire.ts';
import type { Place } from '../location.ts';

/** As many chips or rows as a reader takes in without a search. */
export const fewSystems = 12;

/** Rows of a table of many systems, before somebody asks for all. */
const shownRows = 20;

const urgency: Record<AlarmState, number> = { ALARM: 0, INSUFFICIENT_DATA: 1, OK: 2 };

/** How near a system is to the nearest of its limits: 1 is at it. */
const nearness = ({ signals }: SystemView): number =>
  Math.max(0, ...signals.map(({ percent, limitPercent }) => (percent ?? 0) / limitPercent));

export interface SystemList {
  shown: SystemView[];
  /** Others that were looked for as well. */
  hidden: number;
}

/** Whether a system is looked for; what is of none is found where nothing is looked for. */
export const isFound = (system: string | null, { find }: Place): boolean =>
  (system ?? '').includes(find.trim().toLowerCase());

/** A few in their own order. Of many those in trouble first, then those that are nearest to a limit. */
export function systemRows(systems: readonly SystemView[], place: Place): SystemList {
  const found = systems.filter(({ name }) => isFound(name, place));
  if (systems.length <= fewSystems) return { shown: found, hidden: 0 };
  const ordered = found.toSorted(
    (a, b) => urgency[a.state] - urgency[b.state] || nearness(b) - nearness(a) || (a.name < b.name ? -1 : 1),
  );
  const shown = place.all ? ordered : ordered.slice(0, shownRows);
  return { shown, hidden: ordered.length - shown.length };
}

/** A few: all. Of many those that are looked for; without a search those in trouble, and the one that is brought out. */
export function systemChips(systems: readonly SystemView[], place: Place): SystemList {
  if (systems.length <= fewSystems) return { shown: [...systems], hidden: 0 };
  const found = systems.filter(({ name }) => isFound(name, place));
  const wanted =
    place.find.trim() === ''
      ? found.filter(({ state, name }) => state === 'ALARM' || name === place.system)
      : found;
  const shown = wanted.slice(0, fewSystems);
  return { shown, hidden: found.length - shown.length };
}
