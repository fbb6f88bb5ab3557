import type { DrillResult, SeenSystem } from '../records/drill.ts';
import { answerKinds, drillSeconds, faultStretch, heldStretches, worstSeen } from '../records/drillAxis.ts';

const columns = 60;
const levels = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** One row of the picture: a value a column. */
interface Row {
  label: string;
  cells: string;
  note: string;
}

/** What one system did, on one time axis with the fault: a row each that saw anything. Nothing without a record. */
export function drillPicture(result: Pick<DrillResult, 'timeline' | 'seen' | 'expectations'>): string[] {
  const { timeline } = result;
  const seen = worstSeen(result);
  const seconds = drillSeconds(timeline);
  if (!seen || seconds === null) return [];
  const columnSeconds = seconds / columns;
  const columnOf = (second: number): number => Math.min(columns - 1, Math.floor(second / columnSeconds));
  const rows = [
    faultRow(timeline, columnOf),
    ...answerKinds.map(([kind, label]) => answersRow(label, seen.answers, kind, columnOf, columnSeconds)),
    heldRow('queue', seen.queue, columnOf),
    heldRow('connections', seen.connections, columnOf),
    openingsRow(seen.openings, columnOf),
    statesRow('alarm', seen.errorAlarm, columnOf, { ALARM: '█', INSUFFICIENT_DATA: '?' }),
    statesRow('page', seen.page, columnOf, { paged: '█', 'held back': '░' }),
  ].filter((row) => row !== null);
  const width = Math.max(...rows.map(({ label }) => label.length));
  return [
    `  ${seen.system}, a column is ${columnSeconds.toFixed(1)} s`,
    ...rows.map(({ label, cells, note }) => `    ${label.padEnd(width)}  ${cells}  ${note}`.trimEnd()),
  ];
}

function faultRow(timeline: DrillResult['timeline'], columnOf: (second: number) => number): Row | null {
  const fault = faultStretch(timeline);
  if (!fault) return null;
  const from = columnOf(fault.from);
  const to = columnOf(fault.to);
  return {
    label: 'fault',
    cells: `${' '.repeat(from)}${'█'.repeat(to - from + 1)}`.padEnd(columns),
    note: '',
  };
}

function answersRow(
  label: string,
  answers: SeenSystem['answers'],
  kind: Exclude<keyof SeenSystem['answers'][number], 'second'>,
  columnOf: (second: number) => number,
  columnSeconds: number,
): Row | null {
  const sums = Array.from({ length: columns }, () => 0);
  for (const answer of answers) {
    const column = columnOf(answer.second);
    sums[column] = (sums[column] ?? 0) + answer[kind];
  }
  const perSecond = sums.map((sum) => sum / Math.max(1, columnSeconds));
  return bars(label, perSecond, (most) => `most ${Number(most.toFixed(1))}`);
}

/** Each column's largest value; a value holds until it changes. */
function heldRow(
  label: string,
  changes: SeenSystem['queue'],
  columnOf: (second: number) => number,
): Row | null {
  const values = Array.from({ length: columns }, () => 0);
  for (const { from, to, value } of heldStretches(changes, Infinity)) {
    for (let column = columnOf(from); column <= columnOf(to); column += 1) {
      values[column] = Math.max(values[column] ?? 0, value);
    }
  }
  return bars(label, values, (most) => `most ${most}`);
}

/** The busiest second of each column. */
function openingsRow(openings: SeenSystem['openings'], columnOf: (second: number) => number): Row | null {
  const most = Array.from({ length: columns }, () => 0);
  for (const { second, value } of openings) {
    const column = columnOf(second);
    most[column] = Math.max(most[column] ?? 0, value);
  }
  const total = openings.reduce((sum, { value }) => sum + value, 0);
  return bars('opened a second', most, (highest) => `most ${highest}, ${total} in all`);
}

function statesRow<State extends string>(
  label: string,
  changes: readonly { second: number; value: State }[],
  columnOf: (second: number) => number,
  signs: Partial<Record<State, string>>,
): Row | null {
  const cells = Array.from({ length: columns }, () => ' ');
  for (const { from, to, value } of heldStretches(changes, Infinity)) {
    const sign = signs[value];
    if (sign === undefined) continue;
    for (let column = columnOf(from); column <= columnOf(to); column += 1) cells[column] = sign;
  }
  const shown = cells.join('');
  return shown.trim() === '' ? null : { label, cells: shown, note: '' };
}

/** Nothing where there was nothing. Whatever is more than nothing shows. */
function bars(label: string, values: readonly number[], noteOf: (most: number) => string): Row | null {
  const most = Math.max(...values);
  if (most <= 0) return null;
  const cells = values
    .map((value) => levels[Math.ceil((value / most) * (levels.length - 1))] ?? ' ')
    .join('');
  return { label, cells, note: noteOf(most) };
}
