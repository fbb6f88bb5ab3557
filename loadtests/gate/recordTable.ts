import type { VerdictFile, VerdictRecord } from '../../records/verdict.ts';
import { quantity } from './quantity.ts';
import type { Paint } from './paint.ts';
import { textTable } from './textTable.ts';

/** Everything that was asked: a row a system and signal. Where somebody stands out, with its score. */
export function recordTable(
  records: readonly VerdictRecord[],
  { standingOut = [] }: VerdictFile,
  paint: Paint,
): string[] {
  const keyOf = ({ system, signal }: Pick<VerdictRecord, 'system' | 'signal'>): string =>
    `${system} ${signal}`;
  const scores = new Map(standingOut.map((outlier) => [keyOf(outlier), outlier.score]));
  const hasScores = scores.size > 0;
  return textTable(
    ['System', 'Signal', '#Worst', '#Limit', '#Headroom', ...(hasScores ? ['#Stands out'] : [])],
    records.map((record, index) => [
      record.system === records[index - 1]?.system ? '' : (record.system ?? '(run)'),
      record.signal,
      quantity(record.worst, record),
      quantity(record.limit, record),
      quantity(record.headroom, record),
      ...(hasScores ? [signed(scores.get(keyOf(record)))] : []),
    ]),
    {
      title: 'Verdict',
      of: (row) => paint(records[row]!.verdict, records[row]!.verdict),
      longest: 'inconclusive'.length,
    },
  );
}

/** A robust z-score; nothing without one. */
export const signed = (score: number | undefined): string =>
  score === undefined ? '' : `${score > 0 ? '+' : ''}${score.toFixed(1)}`;
