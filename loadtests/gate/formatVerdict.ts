import { limits } from '../../monitoring/limits.ts';
import { rehearsalNote } from '../../monitoring/rehearsal.ts';
import { questionName } from '../../records/questionTitles.ts';
import { verdictInWords } from '../../records/verdictInWords.ts';
import { whatDidNotPass } from '../../records/whatDidNotPass.ts';
import type { VerdictFile, VerdictRecord } from '../../records/verdict.ts';
import { formatHeadroom } from './formatHeadroom.ts';
import { formatHints } from './formatHints.ts';
import { painter, type Paint } from './paint.ts';
import { quantity } from './quantity.ts';
import { recordTable, signed } from './recordTable.ts';
import { signalTable } from './signalTable.ts';
import { wrap } from './wrap.ts';

export interface FormatOptions {
  /** Whether to colour; the caller knows of terminals and NO_COLOR. */
  color: boolean;
  /** Columns of the terminal; what is prose is wrapped to it. */
  width: number;
  /**
   * `signals`, a row a signal; `all`, every record of every system; `part`, of something larger that says by itself what
   * the answer is: the resources alone, and what did not pass.
   */
  detail?: 'part' | 'signals' | 'all';
}

/** Those that stand out and are named before the rest is counted. */
const namedOutliers = 10;

/** The verdict for a terminal: what was asked, what did not pass and why, how much headroom, and the answer last. */
export function formatVerdict(
  verdict: VerdictFile,
  { color, width, detail = 'signals' }: FormatOptions,
): string {
  const paint = painter(color);
  const held = verdict.records.filter(isThresholdThatHeld);
  const records = verdict.records.filter((record) => !isThresholdThatHeld(record));
  const systems = new Set(records.flatMap(({ system }) => system ?? []));
  const sections = [
    tables(records, verdict, paint, systems.size === 1 && detail === 'signals' ? 'all' : detail),
    held.length > 0 && detail !== 'part' ? [`Script thresholds that held: ${held.length}.`] : [],
    reasons(verdict, paint, width),
    unasked(verdict, width),
    verdict.noSchedule === undefined ? [] : ['', ...wrap(verdict.noSchedule, width)],
    detail === 'part' ? [] : outliers(verdict, width),
    formatHints(verdict, width),
    formatHeadroom(verdict, width, detail === 'all'),
    ['', ...closing(verdict, paint, width, detail)],
  ].flat();
  // A section sets itself apart by an empty line; the first has nothing before it.
  return `${(sections[0] === '' ? sections.slice(1) : sections).join('\n')}\n`;
}

function tables(
  records: readonly VerdictRecord[],
  verdict: VerdictFile,
  paint: Paint,
  detail: FormatOptions['detail'],
): string[] {
  if (detail === 'all') return recordTable(records, verdict, paint);
  if (detail === 'signals') return signalTable(records.filter(isNoThreshold), paint);
  const resources = new Set(verdict.headroom.flatMap((of) => of.resources.map(({ signal }) => signal)));
  const telling = new Set(
    records.flatMap(({ signal, verdict: one }) => (resources.has(signal) || one !== 'pass' ? signal : [])),
  );
  const asked = records.filter(isNoThreshold);
  const shown = asked.filter(({ signal }) => telling.has(signal));
  const hidden = asked.length - shown.length;
  return [...signalTable(shown, paint), ...(hidden > 0 ? [`… and ${hidden} more results, all passed.`] : [])];
}

/** A script has some for each system, with long names, which ask what the rows above have answered. */
const isNoThreshold = ({ signal }: Pick<VerdictRecord, 'signal'>): boolean =>
  !signal.startsWith('threshold:');
const isThresholdThatHeld = ({ signal, verdict }: VerdictRecord): boolean =>
  !isNoThreshold({ signal }) && verdict === 'pass';

/** Who differs from its like, the farthest first; said also when nobody does, or nobody could be compared. */
function outliers({ standingOut, records }: VerdictFile, width: number): string[] {
  if (standingOut === undefined) return [];
  const { size: systems } = new Set(records.flatMap(({ system }) => system ?? []));
  const { minimumSystems } = limits.outliers;
  if (systems < minimumSystems) {
    return [
      '',
      ...wrap(
        `Systems were not compared with each other: there are ${systems}, and it takes ${minimumSystems}.`,
        width,
      ),
    ];
  }
  if (standingOut.length === 0) return ['', 'No system stands out from the others.'];
  const more = standingOut.length - namedOutliers;
  return [
    '',
    ...wrap(
      'Standing out from the other systems, in spreads from the median (not part of the verdict):',
      width,
    ),
    ...standingOut.slice(0, namedOutliers).flatMap((outlier) => {
      const { system, signal, value, median, score } = outlier;
      const text = `${system}, ${questionName(signal)}: ${quantity(value, outlier)}, the median is ${quantity(median, outlier)} (${signed(score)})`;
      return wrap(text, width - 2).map((row) => `  ${row}`);
    }),
    ...(more > 0 ? [`  … and ${more} more`] : []),
  ];
}

/** Why, for everything that did not pass: each reason once, with what it concerns. */
function reasons(verdict: VerdictFile, paint: Paint, width: number): string[] {
  const all = whatDidNotPass(verdict);
  if (all.length === 0) return [];
  return [
    '',
    ...all.flatMap(({ verdict: kind, reason, subjects }) => {
      const [first = '', ...rest] = wrap(`${kind}: ${reason} (${subjects})`, width - 2);
      return [paint(kind, first), ...rest.map((text) => `  ${text}`)];
    }),
  ];
}

/** What of adopted systems is no part of the answer, as their configuration has it. */
function unasked({ unasked: all = [] }: VerdictFile, width: number): string[] {
  if (all.length === 0) return [];
  return [
    '',
    ...wrap('Not checked, since the configuration lacks what it takes (not part of the verdict):', width),
    ...all.flatMap(({ system, lacks, signals }) =>
      wrap(`${system}, ${lacks}: ${signals.map(questionName).join(', ')}`, width - 2).map(
        (row) => `  ${row}`,
      ),
    ),
  ];
}

function closing(
  verdict: VerdictFile,
  paint: Paint,
  width: number,
  detail: FormatOptions['detail'],
): string[] {
  const { records, rehearsal, stage, heldPeriods } = verdict;
  const count = (kind: VerdictRecord['verdict']): number =>
    records.filter((record) => record.verdict === kind).length;
  const notAsked = (verdict.unasked ?? []).reduce((sum, { signals }) => sum + signals.length, 0);
  const tally =
    `${count('pass')} passed, ${count('fail')} failed, ${count('inconclusive')} inconclusive` +
    (notAsked > 0 ? `, ${notAsked} not checked` : '');
  const note = rehearsal && detail !== 'part' ? wrap(rehearsalNote, width) : [];
  const over = heldPeriods === undefined ? '' : ` over ${heldPeriods} periods of metrics`;
  return [
    ...note,
    ...(detail === 'part' ? [] : wrap(verdictInWords(verdict), width)),
    `${paint(verdict.verdict, verdict.verdict.toUpperCase())} stage ${stage}: ${tally}${over}.`,
  ];
}
