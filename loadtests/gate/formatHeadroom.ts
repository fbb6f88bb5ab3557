import type { SystemHeadroomRecord, VerdictFile } from '../../records/verdict.ts';
import { wrap } from './wrap.ts';

/** Systems that are named before the rest is counted. */
const namedSystems = 10;

/** How many times its peak each system carries, the least first. */
export function formatHeadroom({ headroom, rehearsal }: VerdictFile, width: number): string[] {
  if (headroom.length === 0) return [];
  const ordered = leastFirst(headroom);
  const more = ordered.length - namedSystems;
  const where = rehearsal ? 'on this machine; ' : '';
  return [
    '',
    ...wrap(
      `How much headroom (${where}a forecast from ramp and hold, no part of the verdict; "at least" is ` +
        'with 95 % confidence and keeps the 20 % reserve):',
      width,
    ),
    ...ordered
      .slice(0, namedSystems)
      .flatMap(({ system, summary }) => wrap(`${system}: ${summary}`, width - 2).map((row) => `  ${row}`)),
    ...(more > 0 ? [`  … and ${more} more that carry more`] : []),
  ];
}

export const leastFirst = (headroom: readonly SystemHeadroomRecord[]): SystemHeadroomRecord[] =>
  headroom.toSorted((a, b) => a.atLeast - b.atLeast);
