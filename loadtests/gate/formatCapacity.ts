import type { Capacity, VerdictFile } from '../../records/verdict.ts';
import { wrap } from './wrap.ts';

/** Systems that are named before the rest is counted. */
const namedSystems = 10;

/** A straight line is not believed farther than this many times the load that was seen. */
const farthest = 3;

/** How far each system's reserve reaches, the nearest end first. */
export function formatCapacity({ capacity, rehearsal }: VerdictFile, width: number): string[] {
  if (capacity === undefined || capacity.length === 0) return [];
  const ordered = capacity.toSorted((a, b) => shareUsed(b) - shareUsed(a));
  const more = ordered.length - namedSystems;
  const where = rehearsal ? 'on this machine; ' : '';
  return [
    '',
    ...wrap(
      `Where the reserve ends (${where}no part of the verdict: a straight line through ramp and hold, ` +
        'with its 90 % confidence interval):',
      width,
    ),
    ...ordered
      .slice(0, namedSystems)
      .flatMap((one) => wrap(`${one.system}: ${inWords(one)}`, width - 2).map((row) => `  ${row}`)),
    ...(more > 0 ? [`  … and ${more} more that end later`] : []),
  ];
}

const shareUsed = ({ bindsFirst, seenPerSecond }: Capacity): number =>
  bindsFirst === null ? 0 : seenPerSecond / bindsFirst.atPerSecond;

function inWords({ bindsFirst, seenPerSecond }: Capacity): string {
  const seen = rate(seenPerSecond);
  if (bindsFirst === null) return `no resource surely grew with the load, up to ${seen} requests a second`;
  const { signal, limit, atPerSecond, lowPerSecond, highPerSecond } = bindsFirst;
  return atPerSecond > farthest * seenPerSecond
    ? `${signal} binds first, beyond ${farthest} times the ${seen} requests a second that were seen`
    : `${signal} reaches ${limit} % at ${rate(atPerSecond)} requests a second ` +
        `(${rate(lowPerSecond)} to ${rate(highPerSecond)}); ${seen} were seen`;
}

const rate = (perSecond: number): string => perSecond.toFixed(Math.abs(perSecond) < 10 ? 1 : 0);
