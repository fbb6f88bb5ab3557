import {
  atLeastMultiple,
  likelyMultiple,
  multiple,
  whyNoLimitIsNear,
} from '../../records/headroomPicture.ts';
import { questionName } from '../../records/questionTitles.ts';
import { fewestHeld } from './headroom/atLeast.ts';
import { nearestLimit, type ResourceHeadroom, type SystemHeadroom } from './headroom/headroom.ts';

/** One sentence without its subject: how much a system carries at least, and what binds first. */
export function inWords(headroom: SystemHeadroom): string {
  const list = (all: readonly ResourceHeadroom[]): string => all.map(named).join(', ');
  const growing = headroom.resources.filter(({ growsWithTime }) => growsWithTime);
  const unknown = headroom.resources.filter(({ basis }) => basis === 'noData');
  return [
    carries(headroom),
    first(headroom),
    ...(growing.length > 0 ? [`grew under constant load: ${list(growing)}`] : []),
    ...(unknown.length > 0 ? [`nothing is known about ${list(unknown)}`] : []),
  ].join('; ');
}

const named = ({ id }: ResourceHeadroom): string => questionName(id);

const resourceIn = ({ resources }: SystemHeadroom, id: string | null): ResourceHeadroom | undefined =>
  resources.find((resource) => resource.id === id);

function carries(headroom: SystemHeadroom): string {
  if (headroom.atLeast === 0) return 'no load was shown to keep the reserve';
  const bounding = resourceIn(headroom, headroom.boundBy);
  if (bounding?.basis !== 'carried') {
    return `carries at least ${atLeastMultiple(headroom.atLeast)} its peak${whyNoMore(headroom, bounding)}`;
  }
  // What a hold carried was measured; any other bound is never rounded to more than it is.
  const times = multiple(headroom.atLeast);
  const peak = times === multiple(1) ? 'its peak' : `at least ${times} its peak`;
  return `carries ${peak}${whyNoMore(headroom, bounding)}`;
}

/** What keeps it from being more, where that is not the limit that comes first. */
function whyNoMore(
  { bindsFirst, heldPeriods, atLeast, seen }: SystemHeadroom,
  bounding: ResourceHeadroom | undefined,
): string {
  if (bounding === undefined || bounding.basis === 'overLimit') return '';
  if (bounding.basis === 'farthest') return ', as far as this run shows';
  if (heldPeriods < fewestHeld && atLeast < seen) {
    const held = heldPeriods === 1 ? '1 held period proves' : `${heldPeriods} held periods prove`;
    return ` (${held} no more; ${fewestHeld} would)`;
  }
  return bounding.id === bindsFirst ? '' : ` (no more is proven for ${named(bounding)})`;
}

function first(headroom: SystemHeadroom): string {
  const known = headroom.resources.filter(({ basis }) => basis !== 'noData');
  if (known.length === 0) return 'nothing was measured under its load';
  const binding = resourceIn(headroom, headroom.bindsFirst);
  if (binding?.likely) return `${named(binding)} binds first, at about ${likelyMultiple(binding.likely)}`;
  if (binding) return `${named(binding)} binds first: it was over its limit`;
  const nearest = nearestLimit(known);
  if (nearest?.likely) {
    return `the run does not show which limit comes first: that of ${named(nearest)} is at about ${likelyMultiple(nearest.likely)}`;
  }
  return whyNoLimitIsNear(known);
}
