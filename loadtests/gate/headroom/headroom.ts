import { atLeastOf, believed, disbelief, farthest, type AtLeast } from './atLeast.ts';
import type { Crossing } from './crossing.ts';
import type { LoadedRun } from './readings.ts';
import { systemLaws, type FittedUse, type ResourceUse } from './systemLaws.ts';
import { useOverLoadOf, type UseOverLoad } from './useOverLoad.ts';

/** How much of one resource there is. Multiples are of the whole expected peak. */
export interface ResourceHeadroom extends AtLeast {
  /** A signal's id. */
  id: string;
  /** At which a typical period reaches the limit; null where the run does not say. */
  likely: Likely | null;
  /** Whether the limit lies farther than a run tells. */
  beyondSeen: boolean;
  /** Whether it grew while the load stood: then it is not the load that fills it. */
  growsWithTime: boolean;
}

export interface Likely {
  value: number;
  /** The bounds of its interval, at 95 % each; `high` is null where it is farther than a run tells. */
  low: number;
  high: number | null;
}

/** How much of everything a system has. */
export interface SystemHeadroom {
  /** The most of the whole peak that a period had. */
  seen: number;
  /** Whole periods of the hold: fewer than `fewestHeld` prove little. */
  heldPeriods: number;
  /** What all of its resources carry of which anything was measured: the least of them. */
  atLeast: number;
  /** The resource that allows no more; null where nothing was measured. */
  boundBy: string | null;
  /** The resource whose limit comes first; null where the run does not show it. */
  bindsFirst: string | null;
  /** What of it (or, where it is not shown, of the nearest limit that is known, or of what is proven least) was used
   * at which load; null where nothing was measured. */
  useOverLoad: UseOverLoad | null;
  /** In the order given. */
  resources: ResourceHeadroom[];
}

/** By what one climb's crossing differs from the next one's, whatever the law. */
const tolerance = 0.05;

/** How many times its expected peak a system carries, and by which resource. */
export function headroomOf(run: LoadedRun, resources: readonly ResourceUse[]): SystemHeadroom {
  const fitted = new Map(systemLaws(run, resources).map((use) => [use.resource, use]));
  const headroom = resources.map((resource) => {
    const use = fitted.get(resource);
    return use ? headroomIn(use) : withoutData(resource);
  });
  const known = headroom.filter(({ basis }) => basis !== 'noData');
  const [least] = known.toSorted((a, b) => a.atLeast - b.atLeast);
  return {
    seen: Math.max(0, ...run.periods.map(({ loads }) => loads.whole.mean)),
    heldPeriods: run.periods.filter(({ held }) => held).length,
    atLeast: least?.atLeast ?? 0,
    boundBy: least?.id ?? null,
    bindsFirst: least ? firstOf(known, least) : null,
    useOverLoad: useOverLoadIn(fitted.values(), nearestLimit(known) ?? least),
    resources: headroom,
  };
}

function useOverLoadIn(
  uses: Iterable<FittedUse>,
  of: ResourceHeadroom | undefined,
): SystemHeadroom['useOverLoad'] {
  const use = [...uses].find(({ resource }) => resource.id === of?.id);
  return use && of ? useOverLoadOf(use, of.likely?.value ?? null) : null;
}

/** @param least the resource that is proven to carry least: its own limit may come before the nearest known one */
function firstOf(known: readonly ResourceHeadroom[], least: ResourceHeadroom): string | null {
  const nearest = nearestLimit(known);
  if (nearest === undefined) return null;
  const mayComeBefore = isUnknown(least) && nearest.likely !== null && least.atLeast < nearest.likely.low;
  return mayComeBefore ? null : nearest.id;
}

/** Of the resources whose limit is known the one that comes first. */
export const nearestLimit = (resources: readonly ResourceHeadroom[]): ResourceHeadroom | undefined =>
  resources
    .filter((one) => !isUnknown(one))
    .toSorted((a, b) => bindsAt(a) - bindsAt(b) || a.atLeast - b.atLeast)[0];

/** Whether the run does not show where its limit lies. */
const isUnknown = ({ likely, basis }: ResourceHeadroom): boolean => likely === null && basis !== 'overLimit';

/** What is over its limit binds there, also where the load that it would carry is not known. */
const bindsAt = ({ likely, atLeast }: ResourceHeadroom): number => likely?.value ?? atLeast;

const withoutData = ({ id }: ResourceUse): ResourceHeadroom => ({
  id,
  atLeast: 0,
  basis: 'noData',
  likely: null,
  beyondSeen: false,
  growsWithTime: false,
});

function headroomIn(use: FittedUse): ResourceHeadroom {
  const { resource, law, limit, seen, growsWithTime } = use;
  const { atLeast, basis } = atLeastOf(use);
  const crossing = law.crossingOf(limit);
  const value = Math.max(crossing.value, atLeast);
  const beyondSeen = value > farthest * seen;
  const known = !growsWithTime && !beyondSeen && crossing.low > 0 && crossing.high < Infinity;
  return {
    id: resource.id,
    atLeast,
    basis,
    likely: known ? { value, ...intervalOf(crossing, value, atLeast, seen) } : null,
    beyondSeen,
    growsWithTime,
  };
}

function intervalOf(
  crossing: Crossing,
  value: number,
  atLeast: number,
  seen: number,
): Pick<Likely, 'low' | 'high'> {
  const low = (1 - tolerance) * believed(crossing.low, seen);
  const high = (1 + tolerance) * crossing.high * Math.max(1, crossing.high / seen) ** disbelief;
  return {
    low: Math.min(value, Math.max(atLeast, low)),
    high: high > farthest * seen ? null : Math.max(value, high),
  };
}
