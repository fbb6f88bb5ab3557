import {
  answerWords,
  changeInWords,
  figure,
  figuresOf,
  measureTitle,
} from '../../records/comparisonInWords.ts';
import type { Compared, ComparedHeadroom, ComparisonFile } from '../../records/comparison.ts';
import { questionName } from '../../records/questionTitles.ts';
import { painter, type Paint } from '../gate/paint.ts';
import { textTable } from '../gate/textTable.ts';
import { wrap } from '../gate/wrap.ts';

/** Those that are named before the rest is counted. */
const namedSystems = 10;

/** The comparison for a terminal: every figure of all systems, the systems that are worse, headroom, the answer last. */
export function formatComparison(
  comparison: ComparisonFile,
  { color, width }: { color: boolean; width: number },
): string {
  const paint = painter(color);
  const { baseline, runId, notes, headroom, answer, reason } = comparison;
  const { overall, different } = figuresOf(comparison);
  const systems = headroom.filter((one) => one.answer !== 'same' && one.answer !== 'unknown');
  return [
    `${baseline.runId} (${baseline.start.slice(0, 16).replace('T', ' ')} UTC), then ${runId}`,
    ...notes.flatMap((note) => wrap(note, width)),
    '',
    ...(overall.length === 0 ? [] : tableOf(overall, paint)),
    ...listed(
      different.map((one) => ({ kind: one.answer, text: `${one.system}, ${inSentence(one)}` })),
      paint,
    ),
    ...listed(
      systems.map((one) => ({ kind: one.answer, text: headroomInWords(one) })),
      paint,
    ),
    '',
    ...wrap(reason, width).map((line) => paint(verdictOf[answer], line)),
    `${paint(verdictOf[answer], words[answer])} compared with ${baseline.runId}.`,
  ].join('\n');
}

const words = {
  noRegression: 'NO REGRESSION',
  regression: 'REGRESSION',
  inconclusive: 'INCONCLUSIVE',
} as const;
const verdictOf = { noRegression: 'pass', regression: 'fail', inconclusive: 'inconclusive' } as const;

const tableOf = (compared: readonly Compared[], paint: Paint): string[] =>
  textTable(
    ['Figure', '#before', '#after', '#change (95 %)'],
    compared.map((one) => [
      measureTitle(one.measure),
      figure(one.from, one.unit),
      figure(one.to, one.unit),
      changeInWords(one),
    ]),
    {
      title: 'answer',
      of: (row) => painted(compared[row]!.answer, paint),
      longest: Math.max(...compared.map(({ answer }) => answerWords[answer].length)),
    },
  );

const painted = (answer: ComparedHeadroom['answer'], paint: Paint): string =>
  answer === 'regression' ? paint('fail', answerWords[answer]) : answerWords[answer];

const inSentence = (one: Compared): string =>
  `${measureTitle(one.measure)}: ${figure(one.from, one.unit)}, then ${figure(one.to, one.unit)}, ${changeInWords(one)}`;

function headroomInWords({ system, atLeast, likely, bindsFirst }: ComparedHeadroom): string {
  const times = (value: number): string => `${value.toFixed(1)} ×`;
  const about = likely ? `, about ${times(likely.from)}, then ${times(likely.to)}` : '';
  const binds =
    bindsFirst.to !== null && bindsFirst.from !== bindsFirst.to
      ? `; ${questionName(bindsFirst.to)} binds first now`
      : '';
  return `${system}, headroom: at least ${times(atLeast.from)}, then ${times(atLeast.to)}${about}${binds}`;
}

function listed(
  lines: readonly { kind: ComparedHeadroom['answer']; text: string }[],
  paint: Paint,
): string[] {
  if (lines.length === 0) return [];
  const more = lines.length - namedSystems;
  return [
    '',
    ...lines.slice(0, namedSystems).map(({ kind, text }) => `${painted(kind, paint)}: ${text}`),
    ...(more > 0 ? [`… and ${more} more`] : []),
  ];
}
