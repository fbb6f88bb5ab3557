import { styleText } from 'node:util';
import type { VerdictFile, VerdictRecord } from './verdictFile.ts';

export interface FormatOptions {
  /** Whether to colour; the caller knows of terminals and NO_COLOR. */
  color: boolean;
  /** Columns of the terminal; reasons are wrapped to it. */
  width: number;
}

/** Systems up to which every record has its row; beyond, a reader needs the exceptions. */
const fullTableSystems = 10;

/** Subjects of one reason that are named before the rest is counted. */
const namedSubjects = 4;

const units: Record<VerdictRecord['unit'], string> = {
  percent: ' %',
  milliseconds: ' ms',
  count: '',
  perSecond: ' /s',
};

const styles = { pass: 'green', fail: 'red', inconclusive: 'yellow' } as const;
type Paint = (verdict: VerdictFile['verdict'], text: string) => string;

/** The verdict for a terminal: a table of systems and signals, the reasons, and the verdict last. */
export function formatVerdict(verdict: VerdictFile, { color, width }: FormatOptions): string {
  const paint: Paint = (kind, text) =>
    color ? styleText(styles[kind], text, { validateStream: false }) : text;
  const shown = rowsOf(verdict.records);
  const hidden = verdict.records.length - shown.length;
  return [
    ...table(shown, paint),
    ...(hidden > 0 ? [`… and ${hidden} more that passed, further from their limits.`] : []),
    ...reasons(shown, paint, width),
    '',
    ...closing(verdict, paint, width),
    '',
  ].join('\n');
}

/** All records of a small fleet; of a large one what did not pass, and each signal's tightest system. */
function rowsOf(records: readonly VerdictRecord[]): readonly VerdictRecord[] {
  const systems = new Set(records.map(({ system }) => system));
  if (systems.size <= fullTableSystems + 1) return records;
  const tightest = new Map<string, VerdictRecord>();
  for (const record of records) {
    const known = tightest.get(record.signal);
    if (!known || (record.headroom ?? Infinity) < (known.headroom ?? Infinity)) {
      tightest.set(record.signal, record);
    }
  }
  return records.filter(
    (record) => record.verdict !== 'pass' || tightest.get(record.signal) === record || record.system === null,
  );
}

function table(records: readonly VerdictRecord[], paint: Paint): string[] {
  const header = ['System', 'Signal', 'Worst', 'Limit', 'Headroom', 'Verdict'];
  const cells = records.map((record, index) => [
    record.system === records[index - 1]?.system ? '' : (record.system ?? '(run)'),
    record.signal,
    quantity(record.worst, record),
    quantity(record.limit, record),
    quantity(record.headroom, record),
    record.verdict,
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]!.length)),
  );
  const line = (row: readonly string[]): string[] =>
    row.map((text, column) =>
      column >= 2 && column <= 4 ? text.padStart(widths[column]!) : text.padEnd(widths[column]!),
    );
  return [
    line(header).join('  ').trimEnd(),
    widths.map((length) => '─'.repeat(length)).join('──'),
    ...cells.map((row, index) => {
      const padded = line(row);
      return [...padded.slice(0, 5), paint(records[index]!.verdict, row[5]!)].join('  ');
    }),
  ];
}

const quantity = (value: number | null, { unit }: VerdictRecord): string =>
  value === null ? '–' : `${value.toFixed(Math.abs(value) < 10 ? 2 : 1)}${units[unit]}`;

/** Why, for everything that did not pass: each reason once, with what it concerns. */
function reasons(records: readonly VerdictRecord[], paint: Paint, width: number): string[] {
  const byReason = Map.groupBy(
    records.filter(({ verdict }) => verdict !== 'pass'),
    ({ verdict, reason }) => `${verdict}: ${reason}`,
  );
  if (byReason.size === 0) return [];
  return [
    '',
    ...[...byReason].flatMap(([reason, group]) => {
      const [first = '', ...rest] = wrap(`${reason} (${subjects(group)})`, width - 2);
      return [paint(group[0]!.verdict, first), ...rest.map((text) => `  ${text}`)];
    }),
  ];
}

/** Which signals of which systems, the first few by name. */
function subjects(records: readonly VerdictRecord[]): string {
  const names = records.map(({ system, signal }) => (system === null ? signal : `${system} ${signal}`));
  const more = names.length - namedSubjects;
  return names.slice(0, namedSubjects).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function closing({ verdict, records, rehearsal, stage }: VerdictFile, paint: Paint, width: number): string[] {
  const count = (kind: VerdictRecord['verdict']): number =>
    records.filter((record) => record.verdict === kind).length;
  const tally = `${count('pass')} passed, ${count('fail')} failed, ${count('inconclusive')} inconclusive`;
  const note = rehearsal
    ? wrap(
        'A rehearsal on one machine: it says nothing of absolute capacity, and no deployment accepts it.',
        width,
      )
    : [];
  return [...note, `${paint(verdict, verdict.toUpperCase())} stage ${stage}: ${tally}.`];
}
