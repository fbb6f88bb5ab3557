import { questionTitle } from '../../records/questionTitles.ts';
import type { VerdictRecord } from '../../records/verdict.ts';
import type { Paint } from './paint.ts';
import { quantity } from './quantity.ts';
import { textTable } from './textTable.ts';

/** Cells of a bar that is full where a limit is. */
const barCells = 8;

const weights = { fail: 0, inconclusive: 1, pass: 2 } as const;

/**
 * A row a signal: the lowest, median and worst of its systems, which one that is, and how far that fills the limit.
 * What concerns the whole run has its worst alone.
 */
export function signalTable(records: readonly VerdictRecord[], paint: Paint): string[] {
  const groups = [...Map.groupBy(records, ({ signal }) => signal).values()].map(summaryOf);
  return textTable(
    ['Signal', '#Lowest', '#Median', '#Worst', 'at', '#Limit', 'Used'],
    groups.map(({ worst, lowest, median, of }) => [
      questionTitle(worst.signal),
      ...(of > 1 ? [quantity(lowest, worst), quantity(median, worst)] : ['', '']),
      quantity(worst.worst, worst),
      lowest === worst.worst ? '' : (worst.system ?? ''),
      quantity(worst.limit, worst),
      barOf(worst),
    ]),
    {
      title: 'Verdict',
      of: (row) => paint(groups[row]!.worst.verdict, verdictOf(groups[row]!)),
      longest: 'inconclusive'.length,
    },
  );
}

interface Summary {
  /** Nearest to its limit or past it; of what did not pass one that did not. */
  worst: VerdictRecord;
  lowest: number | null;
  median: number | null;
  of: number;
  /** How many share the worst one's verdict. */
  alike: number;
}

/** @param group at least one record */
function summaryOf(group: readonly VerdictRecord[]): Summary {
  const [worst] = group.toSorted((a, b) => weights[a.verdict] - weights[b.verdict] || roomOf(a) - roomOf(b));
  const values = group.flatMap((record) => record.worst ?? []).toSorted((a, b) => a - b);
  return {
    worst: worst!,
    lowest: values[0] ?? null,
    median: values[Math.floor((values.length - 1) / 2)] ?? null,
    of: group.length,
    alike: group.filter(({ verdict }) => verdict === worst!.verdict).length,
  };
}

/** What is without a value is known least; a floor is the nearer the lower its value. */
const roomOf = ({ headroom, worst }: VerdictRecord): number => headroom ?? worst ?? -Infinity;

function verdictOf({ worst: { verdict }, of, alike }: Summary): string {
  if (of === 1 || verdict === 'pass') return verdict;
  return `${alike} of ${of} ${verdict}`;
}

/** Empty where the limit is a floor, or there is none. */
function barOf({ worst, limit, headroom }: VerdictRecord): string {
  if (worst === null || limit === null || limit === 0 || headroom === null) return '';
  const eighths = Math.round(Math.min(1, Math.max(0, worst / limit)) * barCells * 8);
  const whole = '█'.repeat(Math.floor(eighths / 8));
  const part = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8] ?? '';
  return `${whole}${part}`.padEnd(barCells, '·');
}
