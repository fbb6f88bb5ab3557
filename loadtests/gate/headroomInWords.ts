import { fewestHeld } from './headroom/atLeast.ts';
import { nearestLimit, type ResourceHeadroom, type SystemHeadroom } from './headroom/headroom.ts';

/**
 * One sentence without its subject: how much a system carries at least, and what binds first.
 * @param titleOf a signal's title, by its id
 */
export function inWords(headroom: SystemHeadroom, titleOf: (id: string) => string): string {
  const named = ({ id }: ResourceHeadroom): string => lowerFirst(titleOf(id));
  const list = (all: readonly ResourceHeadroom[]): string => all.map(named).join(', ');
  const growing = headroom.resources.filter(({ growsWithTime }) => growsWithTime);
  const unknown = headroom.resources.filter(({ basis }) => basis === 'noData');
  return [
    carries(headroom, named),
    first(headroom, named),
    ...(growing.length > 0 ? [`grew under constant load: ${list(growing)}`] : []),
    ...(unknown.length > 0 ? [`nothing is known about ${list(unknown)}`] : []),
  ].join('; ');
}

type Named = (resource: ResourceHeadroom) => string;

const resourceIn = ({ resources }: SystemHeadroom, id: string | null): ResourceHeadroom | undefined =>
  resources.find((resource) => resource.id === id);

function carries(headroom: SystemHeadroom, named: Named): string {
  const bounding = resourceIn(headroom, headroom.boundBy);
  if (bounding?.basis !== 'carried') {
    return `carries at least ${roundedDown(headroom.atLeast)} × its peak${whyNoMore(headroom, bounding, named)}`;
  }
  // What a hold carried was measured; any other bound is never rounded to more than it is.
  const times = figure(headroom.atLeast);
  const peak = times === '1' ? 'its peak' : `at least ${times} × its peak`;
  return `carries ${peak}${whyNoMore(headroom, bounding, named)}`;
}

/** What keeps it from being more, where that is not the limit that comes first. */
function whyNoMore(
  { bindsFirst, heldPeriods, atLeast, seen }: SystemHeadroom,
  bounding: ResourceHeadroom | undefined,
  named: Named,
): string {
  if (bounding === undefined || bounding.basis === 'overLimit') return '';
  if (bounding.basis === 'farthest') return ', as far as this run shows';
  if (heldPeriods < fewestHeld && atLeast < seen) {
    const held = heldPeriods === 1 ? '1 held period proves' : `${heldPeriods} held periods prove`;
    return ` (${held} no more; ${fewestHeld} would)`;
  }
  return bounding.id === bindsFirst ? '' : ` (no more is proven for ${named(bounding)})`;
}

function first(headroom: SystemHeadroom, named: Named): string {
  const known = headroom.resources.filter(({ basis }) => basis !== 'noData');
  if (known.length === 0) return 'nothing was measured under its load';
  const binding = resourceIn(headroom, headroom.bindsFirst);
  if (binding?.likely) return `${named(binding)} binds first, at about ${interval(binding.likely)}`;
  if (binding) return `${named(binding)} binds first: it was over its limit`;
  const nearest = nearestLimit(known);
  if (nearest?.likely) {
    return `which limit comes first is not shown: that of ${named(nearest)} is at about ${interval(nearest.likely)}`;
  }
  if (known.every(({ basis }) => basis === 'farthest')) return 'no limit came near';
  return known.every(({ beyondSeen }) => beyondSeen)
    ? 'no resource grew towards its limit'
    : 'which limit comes first is not shown';
}

function interval({ value, low, high }: NonNullable<ResourceHeadroom['likely']>): string {
  return `${figure(value)} × (${high === null ? `${figure(low)} or more` : `${figure(low)} to ${figure(high)}`})`;
}

/** Two digits are what such a figure is worth. */
const figure = (multiple: number): string => String(Number(multiple.toPrecision(2)));

function roundedDown(multiple: number): string {
  if (multiple === 0) return '0';
  const unit = 10 ** (Math.floor(Math.log10(multiple)) - 1);
  return figure(Math.floor(multiple / unit + 1e-9) * unit);
}

/** As within a sentence; what begins with an abbreviation stays. */
const lowerFirst = (title: string): string =>
  /^[A-Z][A-Z]/.test(title) ? title : title.charAt(0).toLowerCase() + title.slice(1);
