import { styleText } from 'node:util';
import { limits } from '../../monitoring/limits.ts';
import { rehearsalNote } from '../../monitoring/rehearsal.ts';
import { formatHeadroom } from './formatHeadroom.ts';
import { formatHints } from './formatHints.ts';
import { wrap } from './wrap.ts';
import type { Outlier, VerdictFile, VerdictRecord } from '../../records/verdict.ts';

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

/** The same of those that stand out. */
const namedOutliers = 10;

const units: Record<Outlier['unit'], string> = {
  percent: ' %',
  milliseconds: ' ms',
  seconds: ' s',
  count: '',
  score: '',
  perSecond: ' /s',
};

const longestVerdict = 'inconclusive'.length;

const styles = { pass: 'green', fail: 'red', inconclusive: 'yellow' } as const;
type Paint = (verdict: VerdictFile['verdict'], text: string) => string;

/** The verdict for a terminal: a table of systems and signals, the reasons, and the verdict last. */
export function formatVerdict(verdict: VerdictFile, { color, width }: FormatOptions): string {
  const paint: Paint = (kind, text) =>
    color ? styleText(styles[kind], text, { validateStream: false }) : text;
  const scores = scoresOf(verdict);
  const held = verdict.records.filter(isThresholdThatHeld);
  const records = verdict.records.filter((record) => !isThresholdThatHeld(record));
  const shown = rowsOf(records, scores);
  const hidden = records.length - shown.length;
  return [
    ...table(shown, scores, paint),
    ...(hidden > 0 ? [`… and ${hidden} more that passed, further from their limits.`] : []),
    ...(held.length > 0 ? [`Thresholds of the script that held: ${held.length}.`] : []),
    ...reasons(shown, paint, width),
    ...outliers(verdict, width),
    ...formatHints(verdict, width),
    ...formatHeadroom(verdict, width),
    '',
    ...closing(verdict, paint, width),
    '',
  ].join('\n');
}

/** A script has some for each system, with long names, which ask what the rows above have answered. */
const isThresholdThatHeld = ({ signal, verdict }: VerdictRecord): boolean =>
  signal.startsWith('threshold:') && verdict === 'pass';

/** Scores of those that stand out, by system and signal. */
type Scores = ReadonlyMap<string, number>;
const keyOf = ({ system, signal }: Pick<VerdictRecord, 'system' | 'signal'>): string => `${system} ${signal}`;
const scoresOf = ({ standingOut = [] }: VerdictFile): Scores =>
  new Map(standingOut.map((outlier) => [keyOf(outlier), outlier.score]));

/**
 * All records of a small fleet; of a large one what did not pass, each signal's tightest system, and who
 * stands out.
 */
function rowsOf(records: readonly VerdictRecord[], scores: Scores): readonly VerdictRecord[] {
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
    (record) =>
      record.verdict !== 'pass' ||
      record.system === null ||
      tightest.get(record.signal) === record ||
      scores.has(keyOf(record)),
  );
}

/** The column of scores is there only where somebody stands out. */
function table(records: readonly VerdictRecord[], scores: Scores, paint: Paint): string[] {
  const header = [
    'System',
    'Signal',
    'Worst',
    'Limit',
    'Headroom',
    ...(scores.size > 0 ? ['Stands out'] : []),
  ];
  const cells = records.map((record, index) => [
    record.system === records[index - 1]?.system ? '' : (record.system ?? '(run)'),
    record.signal,
    quantity(record.worst, record),
    quantity(record.limit, record),
    quantity(record.headroom, record),
    ...(scores.size > 0 ? [signed(scores.get(keyOf(record)))] : []),
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]!.length)),
  );
  const line = (row: readonly string[]): string[] =>
    row.map((text, column) => (column >= 2 ? text.padStart(widths[column]!) : text.padEnd(widths[column]!)));
  return [
    [...line(header), 'Verdict'].join('  '),
    [...widths, longestVerdict].map((length) => '─'.repeat(length)).join('──'),
    ...cells.map((row, index) => {
      const { verdict } = records[index]!;
      return [...line(row), paint(verdict, verdict)].join('  ');
    }),
  ];
}

const signed = (score: number | undefined): string =>
  score === undefined ? '' : `${score > 0 ? '+' : ''}${score.toFixed(1)}`;

/** Who differs from its like, the farthest first; said also when nobody does, or nobody could be compared. */
function outliers({ standingOut, records }: VerdictFile, width: number): string[] {
  if (standingOut === undefined) return [];
  const { size: systems } = new Set(records.flatMap(({ system }) => system ?? []));
  const { minimumSystems } = limits.outliers;
  if (systems < minimumSystems) {
    return [
      '',
      ...wrap(`Nobody was compared: ${systems} systems, at least ${minimumSystems} needed.`, width),
    ];
  }
  if (standingOut.length === 0) return ['', 'No system stands out from its like.'];
  const more = standingOut.length - namedOutliers;
  return [
    '',
    ...wrap(
      'Standing out from their like (no part of the verdict; the score counts spreads from the median):',
      width,
    ),
    ...standingOut.slice(0, namedOutliers).flatMap((outlier) => {
      const { system, signal, value, median, score } = outlier;
      const text = `${system} ${signal}: ${quantity(value, outlier)}, the median is ${quantity(median, outlier)} (${signed(score)})`;
      return wrap(text, width - 2).map((row) => `  ${row}`);
    }),
    ...(more > 0 ? [`  … and ${more} more`] : []),
  ];
}

const quantity = (value: number | null, { unit }: { unit: Outlier['unit'] }): string =>
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

function closing(
  { verdict, records, rehearsal, stage, heldPeriods }: VerdictFile,
  paint: Paint,
  width: number,
): string[] {
  const count = (kind: VerdictRecord['verdict']): number =>
    records.filter((record) => record.verdict === kind).length;
  const tally = `${count('pass')} passed, ${count('fail')} failed, ${count('inconclusive')} inconclusive`;
  const note = rehearsal ? wrap(rehearsalNote, width) : [];
  const over = heldPeriods === undefined ? '' : ` over ${heldPeriods} periods of metrics`;
  return [...note, `${paint(verdict, verdict.toUpperCase())} stage ${stage}: ${tally}${over}.`];
}
