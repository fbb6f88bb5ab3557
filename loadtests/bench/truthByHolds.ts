import { median } from '../../core/statistics.ts';
import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import { isSignal, signalsOf } from '../../monitoring/signals.ts';
import type { BreakpointSystem } from '../../records/breakpoint.ts';

/** What a typical period of a hold used, by signal, in percent of the resource. */
export interface Hold {
  /** Requests a second that the schedule intended. */
  perSecond: number;
  uses: ReadonlyMap<string, number>;
}

/** Where the first resource reaches its limit, as far as holds show it; requests a second. */
export interface Truth {
  /** Null where none does. */
  signal: string | null;
  /** Between the last hold below the limit and the first at it, in proportion; null where only one of them is known. */
  perSecond: number | null;
  /** The most load that kept every limit, and the least that did not. */
  above: number;
  below: number;
}

/** @returns null where no whole period was measured */
export function holdOf({ periods }: BreakpointSystem): Hold | null {
  const whole = periods.filter((period) => period.whole);
  if (whole.length === 0) return null;
  const signals = new Set(whole.flatMap(({ values }) => Object.keys(values)));
  // What is no share of a resource is a consequence.
  const resources = [...signals].filter((signal) => isSignal(signal) && signal !== 'errorRate');
  return {
    perSecond: median(whole.map(({ intendedPerSecond }) => intendedPerSecond)),
    uses: new Map(
      resources.flatMap((signal) => {
        const values = whole.flatMap(({ values: of }) => of[signal] ?? []);
        // Of which half is missing, the middle is not known.
        return 2 * values.length > whole.length ? [[signal, median(values)] as const] : [];
      }),
    ),
  };
}

/** The load at which every second period of a hold reaches the limit, which is what *likely* foretells. */
export function truthOf(system: MonitoredSystem, periodSeconds: number, holds: readonly Hold[]): Truth {
  const ascending = holds.toSorted((a, b) => a.perSecond - b.perSecond);
  const crossings = Object.values(signalsOf(system, periodSeconds)).flatMap(({ id, limit }): Truth[] => {
    const known = ascending.flatMap(({ perSecond, uses }) => {
      const use = uses.get(id);
      return use === undefined ? [] : [{ perSecond, use }];
    });
    const index = known.findIndex(({ use }) => use >= limit);
    const [before, at] = [known[index - 1], known[index]];
    if (!at) return [];
    if (!before) return [{ signal: id, perSecond: null, above: 0, below: at.perSecond }];
    const share = (limit - before.use) / (at.use - before.use);
    const perSecond = before.perSecond + share * (at.perSecond - before.perSecond);
    return [{ signal: id, perSecond, above: before.perSecond, below: at.perSecond }];
  });
  const [first] = crossings.toSorted((a, b) => (a.perSecond ?? 0) - (b.perSecond ?? 0));
  const most = ascending.at(-1)?.perSecond ?? 0;
  return first ?? { signal: null, perSecond: null, above: most, below: Infinity };
}

/** The truth, or where it lies outside of all holds the nearest of them. */
export const nearestTo = ({ perSecond, above, below }: Truth): number =>
  perSecond ?? (above > 0 ? above : below);

/** Whether an interval holds the truth; null where no hold tells. */
export function isInside({ perSecond, above, below }: Truth, low: number, high: number): boolean | null {
  if (perSecond !== null) return low <= perSecond && perSecond <= high;
  return below <= low || above >= high ? false : null;
}
