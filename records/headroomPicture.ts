import { questionName } from './questionTitles.ts';
import type { SystemHeadroomRecord, VerdictFile, VerdictRecord } from './verdict.ts';

// What the headroom chart shows, on the terminal and on a page: this file imports types and titles alone.

/** One resource of a system: what it used at the peak against its limit, both in percent of the resource. */
export interface PicturedUse {
  signal: string;
  /** The worst period of the hold; null without data. */
  percent: number | null;
  limit: number;
  verdict: VerdictRecord['verdict'];
  bindsFirst: boolean;
}

export interface PicturedSystem {
  system: string;
  /** Multiples of its expected peak. */
  atLeast: number;
  /** As `SystemHeadroomRecord.summary`. */
  summary: string;
  /** Of the resource that binds first; where that is not shown, of the one whose limit is the nearest that is known. */
  signal: string | null;
  /** Its limit; null where the run does not say where it is. */
  likely: SystemHeadroomRecord['resources'][number]['likely'];
  /** Null where the run does not show it. */
  bindsFirst: string | null;
  /** Why no limit is told, in a few words; null where one is. */
  noLimit: string | null;
  /** The same resources in the same order for every system. */
  uses: PicturedUse[];
  useOverLoad: NonNullable<SystemHeadroomRecord['useOverLoad']> | null;
}

export interface HeadroomPicture {
  /** The least first; what did not pass before what did. */
  systems: PicturedSystem[];
  /** Of those that are drawn the first so many; the rest on demand. */
  shown: number;
  /** How much a system carries at least, over all of them. */
  spread: { lowest: number; median: number; highest: number };
  /** Where the axis of multiples ends. */
  axisEnd: number;
}

/** Systems that a reader takes in at once. */
const shownSystems = 10;

/** The axis begins at 0, has room for twice the peak, and ends where nothing is said any more. */
const axisEnds = { least: 2, most: 8 } as const;

/** Null for a verdict without a word about headroom. */
export function headroomPicture({ headroom, records }: VerdictFile): HeadroomPicture | null {
  if (headroom.length === 0) return null;
  const byKey = new Map(records.map((record) => [`${record.system} ${record.signal}`, record]));
  const troubled = new Set(records.flatMap(({ system, verdict }) => (verdict === 'fail' ? system : [])));
  const systems = headroom
    .map((of) => picturedSystem(of, byKey))
    .toSorted(
      (a, b) =>
        Number(troubled.has(b.system)) - Number(troubled.has(a.system)) ||
        a.atLeast - b.atLeast ||
        (a.likely?.value ?? Infinity) - (b.likely?.value ?? Infinity),
    );
  const bounds = systems.map(({ atLeast }) => atLeast).toSorted((a, b) => a - b);
  const shown = systems.length > shownSystems + 1 ? shownSystems : systems.length;
  const needed = systems
    .slice(0, shown)
    .map(({ atLeast, likely }) => Math.max(1.1 * atLeast, 1.1 * (likely?.high ?? likely?.value ?? 0)));
  return {
    systems,
    shown,
    spread: {
      lowest: bounds[0] ?? 0,
      median: bounds[Math.floor((bounds.length - 1) / 2)] ?? 0,
      highest: bounds.at(-1) ?? 0,
    },
    axisEnd: Math.ceil(Math.min(axisEnds.most, Math.max(axisEnds.least, ...needed))),
  };
}

function picturedSystem(
  { system, summary, atLeast, bindsFirst, resources, useOverLoad }: SystemHeadroomRecord,
  records: ReadonlyMap<string, VerdictRecord>,
): PicturedSystem {
  const signal = bindsFirst ?? useOverLoad?.signal ?? null;
  const likely = resources.find((resource) => resource.signal === signal)?.likely ?? null;
  return {
    system,
    atLeast,
    summary,
    signal,
    likely,
    bindsFirst,
    noLimit: likely === null ? whyNoLimit(resources, bindsFirst) : null,
    useOverLoad: useOverLoad ?? null,
    uses: resources.flatMap((resource) => {
      const record = records.get(`${system} ${resource.signal}`);
      if (!record || record.limit === null) return [];
      const { verdict, worst: percent, limit } = record;
      return [
        { signal: resource.signal, percent, limit, verdict, bindsFirst: resource.signal === bindsFirst },
      ];
    }),
  };
}

function whyNoLimit(resources: SystemHeadroomRecord['resources'], bindsFirst: string | null): string {
  const known = resources.filter(({ basis }) => basis !== 'noData');
  if (known.length === 0) return 'nothing was measured';
  if (bindsFirst !== null) return `${questionName(bindsFirst)} was over its limit`;
  return whyNoLimitIsNear(known);
}

/** @param known the resources of which something was measured, none of them with a limit that is known */
export function whyNoLimitIsNear(
  known: readonly Pick<SystemHeadroomRecord['resources'][number], 'basis' | 'beyondSeen'>[],
): string {
  if (known.every(({ basis }) => basis === 'farthest')) return 'no limit came near';
  return known.every(({ beyondSeen }) => beyondSeen)
    ? 'no resource grew towards its limit'
    : 'the run does not show which limit comes first';
}

/** Two digits are what such a figure is worth. */
const figure = (value: number): string => String(Number(value.toPrecision(2)));

export const multiple = (value: number): string => `${figure(value)} ×`;

/** A bound is never rounded to more than it is. */
export function atLeastMultiple(value: number): string {
  if (value === 0) return '0 ×';
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return multiple(Math.floor(value / unit + 1e-9) * unit);
}

/** `1.4 to 3.1`, `1.4 or more`. */
export function interval({ low, high }: NonNullable<PicturedSystem['likely']>): string {
  return `${figure(low)} ${high === null ? 'or more' : `to ${figure(high)}`}`;
}

/** `2.4 × (1.4 to 3.1)`. */
export const likelyMultiple = (likely: NonNullable<PicturedSystem['likely']>): string =>
  `${multiple(likely.value)} (${interval(likely)})`;
