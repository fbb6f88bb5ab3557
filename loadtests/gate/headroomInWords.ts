import type { ResourceHeadroom, SystemHeadroom } from './headroom/headroom.ts';

/**
 * One sentence without its subject: how much a system carries at least, and what binds first.
 * @param titleOf a signal's title, by its id
 */
export function inWords(headroom: SystemHeadroom, titleOf: (id: string) => string): string {
  const named = (id: string): string => lowerFirst(titleOf(id));
  const { resources } = headroom;
  const list = (all: readonly ResourceHeadroom[]): string => all.map(({ id }) => named(id)).join(', ');
  const growing = resources.filter(({ growsWithTime }) => growsWithTime);
  const unknown = resources.filter(({ basis }) => basis === 'noData');
  return [
    `carries at least ${atLeastTimes(headroom.atLeast)} its peak${whyNoMore(headroom, named)}`,
    first(headroom, named),
    ...(growing.length > 0 ? [`grew while the load stood: ${list(growing)}`] : []),
    ...(unknown.length > 0 ? [`nothing is known of ${list(unknown)}`] : []),
  ].join('; ');
}

const resourceIn = ({ resources }: SystemHeadroom, id: string | null): ResourceHeadroom | undefined =>
  resources.find((resource) => resource.id === id);

/** Where it is not the limit that comes first which bounds what is known. */
function whyNoMore(headroom: SystemHeadroom, named: (id: string) => string): string {
  const bounding = resourceIn(headroom, headroom.boundBy);
  if (bounding === undefined) return '';
  if (bounding.basis === 'farthest') return ', as far as this run tells';
  return bounding.id === headroom.bindsFirst && (bounding.likely !== null || bounding.basis === 'overLimit')
    ? ''
    : ` (of ${named(bounding.id)} no more is known)`;
}

function first(headroom: SystemHeadroom, named: (id: string) => string): string {
  const binding = resourceIn(headroom, headroom.bindsFirst);
  if (binding === undefined) return 'nothing was measured under its load';
  const { id, likely, basis } = binding;
  if (likely !== null) {
    const { value, low, high } = likely;
    const interval = high === null ? `${figure(low)} or more` : `${figure(low)} to ${figure(high)}`;
    return `${named(id)} binds first, at about ${figure(value)} × (${interval})`;
  }
  if (basis === 'overLimit') return `${named(id)} binds first: it was over its limit`;
  const known = headroom.resources.filter((resource) => resource.basis !== 'noData');
  return known.every(({ beyondSeen }) => beyondSeen)
    ? 'no limit came near'
    : 'where the first limit lies this run does not tell';
}

/** Two digits are what such a figure is worth. */
const figure = (multiple: number): string => String(Number(multiple.toPrecision(2)));

/** A bound is never rounded to more than it is. */
function atLeastTimes(multiple: number): string {
  if (multiple === 0) return '0 ×';
  const unit = 10 ** (Math.floor(Math.log10(multiple)) - 1);
  return `${figure(Math.floor(multiple / unit + 1e-9) * unit)} ×`;
}

/** As within a sentence; what begins with an abbreviation stays. */
const lowerFirst = (title: string): string =>
  /^[A-Z][A-Z]/.test(title) ? title : title.charAt(0).toLowerCase() + title.slice(1);
