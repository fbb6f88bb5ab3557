import { limits } from '../../monitoring/limits.ts';
import {
  atLeastMultiple,
  headroomPicture,
  likelyMultiple,
  type HeadroomPicture,
  type PicturedSystem,
} from '../../records/headroomPicture.ts';
import { questionName, questionTitle } from '../../records/questionTitles.ts';
import type { SystemHeadroomRecord, VerdictFile } from '../../records/verdict.ts';
import { wrap } from './wrap.ts';

/** Columns of a bar of multiples, as the terminal has room. */
const barWidths = { least: 16, most: 40 } as const;

/** What stands beside a bar: indent, "at least", what is likely and what binds. */
const wordsWidth = 62;

const reserve = `${100 - limits.utilizationPercent} % reserve`;

/**
 * How many times its peak each system carries, the least first, as bars: solid is what is certain, then the interval of
 * where the first limit lies.
 * @param all every system instead of the first ten, each with its sentence
 */
export function formatHeadroom(verdict: VerdictFile, width: number, all = false): string[] {
  const picture = headroomPicture(verdict);
  if (!picture) return [];
  const where = verdict.rehearsal ? ' on this machine' : '';
  const shown = all ? picture.systems : picture.systems.slice(0, picture.shown);
  const more = picture.systems.length - shown.length;
  const columns = Math.min(barWidths.most, Math.max(barWidths.least, width - wordsWidth - nameWidth(shown)));
  return [
    '',
    ...wrap(
      `How many times its peak each system carries${where} (a forecast, not part of the verdict): █ at least, with ` +
        `95 % confidence and the ${reserve}; ─●─ where the first limit is likely; ┊ the peak.`,
      width,
    ),
    `  ${' '.repeat(nameWidth(shown))}           ${axis(picture, columns)}`,
    ...shown.map((system) => row(system, nameWidth(shown), picture.axisEnd, columns)),
    ...(more > 0 ? [`  … and ${more} more that carry at least ${spreadOf(picture, shown.length)}`] : []),
    ...notes(verdict.headroom, width),
    ...(all ? ['', ...sentences(verdict.headroom, width)] : []),
  ];
}

export const leastFirst = (headroom: readonly SystemHeadroomRecord[]): SystemHeadroomRecord[] =>
  headroom.toSorted((a, b) => a.atLeast - b.atLeast);

const nameWidth = (systems: readonly PicturedSystem[]): number =>
  Math.max(...systems.map(({ system }) => system.length));

/** Of those that are not drawn. */
function spreadOf({ systems }: HeadroomPicture, drawn: number): string {
  const bounds = systems.slice(drawn).map(({ atLeast }) => atLeast);
  return `${atLeastMultiple(Math.min(...bounds))} to ${atLeastMultiple(Math.max(...bounds))}`;
}

/** Whole multiples above the bars; the peak itself is 1. */
function axis({ axisEnd }: HeadroomPicture, columns: number): string {
  const cells = Array.from({ length: columns + 2 }, () => ' ');
  for (let value = 0; value <= axisEnd; value += 1) {
    const text = value === 1 ? '1 ×' : String(value);
    const at = Math.min(columns + 1, Math.round((value / axisEnd) * columns));
    for (let index = 0; index < text.length; index += 1) cells[at + index] = text.charAt(index);
  }
  return cells.join('').trimEnd();
}

function row(
  { system, atLeast, likely, signal, bindsFirst, noLimit }: PicturedSystem,
  names: number,
  axisEnd: number,
  columns: number,
): string {
  const columnOf = (value: number): number =>
    Math.min(columns - 1, Math.max(0, Math.round((value / axisEnd) * columns) - 1));
  const cells = Array.from({ length: columns }, () => ' ');
  cells[columnOf(1)] = '┊';
  if (likely !== null) {
    const high = likely.high ?? axisEnd;
    for (let column = columnOf(likely.low); column <= columnOf(high); column += 1) cells[column] = '─';
    if (likely.high === null || likely.high > axisEnd) cells[columns - 1] = '▸';
  }
  if (atLeast > 0) cells.fill('█', 0, columnOf(atLeast) + 1);
  if (likely !== null) cells[columnOf(likely.value)] = '●';
  const words =
    likely !== null && signal !== null
      ? `${likelyMultiple(likely)} ${questionName(signal)}${bindsFirst === null ? ', the nearest known' : ''}`
      : (noLimit ?? '');
  return `  ${system.padEnd(names)}  ${atLeastMultiple(atLeast).padStart(7)}  ${cells.join('')}  ${words}`.trimEnd();
}

/** What no bar can show, each resource once with its systems counted. */
function notes(headroom: readonly SystemHeadroomRecord[], width: number): string[] {
  const of = (
    text: string,
    is: (resource: SystemHeadroomRecord['resources'][number]) => boolean,
  ): string[] => {
    const bySignal = Map.groupBy(
      headroom.flatMap(({ resources }) => resources.filter(is)),
      ({ signal }) => signal,
    );
    const named = [...bySignal].map(
      ([signal, those]) => `${questionTitle(signal)} (${those.length} of ${headroom.length})`,
    );
    return named.length === 0 ? [] : wrap(`${text}: ${named.join(', ')}`, width - 2);
  };
  return [
    ...of('Grew under constant load', ({ growsWithTime }) => growsWithTime),
    ...of('Nothing is known about', ({ basis }) => basis === 'noData'),
  ].map((line) => `  ${line}`);
}

const sentences = (headroom: readonly SystemHeadroomRecord[], width: number): string[] =>
  leastFirst(headroom).flatMap(({ system, summary }) =>
    wrap(`${system}: ${summary}`, width - 2).map((line) => `  ${line}`),
  );
