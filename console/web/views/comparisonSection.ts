import { html, nothing, type TemplateResult } from 'lit-html';
import {
  answerWords,
  changeInWords,
  figure,
  figuresOf,
  measureTitle,
} from '../../../records/comparisonInWords.ts';
import type { Compared, ComparisonFile } from '../../../records/comparison.ts';
import { counted } from '../../../core/counted.ts';
import { badge, heading } from './parts.ts';
import { table } from './table.ts';

type Answer = Compared['answer'] | 'unknown';

/** The run beside an earlier one: what differs; what does not, and each system's own figures, are folded. */
export function comparisonSection(comparison: ComparisonFile): TemplateResult {
  const { baseline, reason, notes, headroom } = comparison;
  const { overall, different } = figuresOf(comparison);
  const differs = ({ answer }: { answer: Answer }): boolean => answer !== 'same';
  const alike = overall.filter((one) => !differs(one));
  const otherHeadroom = headroom.filter(differs);
  return html`
    ${heading('Compared with an earlier run', baseline.runId)}
    <p>${reason} ${notes.join(' ')}</p>
    ${figures(overall.filter(differs))} ${headroomTable(otherHeadroom)}
    ${folded(`${counted(alike.length, 'figure')} without a difference`, alike.length, () => figures(alike))}
    ${folded(`${counted(different.length, 'figure')} of single systems that are worse`, different.length, () => figures(different))}
    ${folded(
      `Headroom of ${counted(headroom.length - otherHeadroom.length, 'system')} without a difference`,
      headroom.length - otherHeadroom.length,
      () => headroomTable(headroom.filter((one) => !differs(one))),
    )}
  `;
}

const folded = (title: string, rows: number, content: () => TemplateResult | typeof nothing) =>
  rows === 0
    ? nothing
    : html`<details>
        <summary>${title}</summary>
        ${content()}
      </details>`;

const answerBadge = (answer: Answer): TemplateResult | string =>
  answer === 'regression' ? badge('fail', 'regression') : answerWords[answer];

const figures = (compared: readonly Compared[]): TemplateResult | typeof nothing =>
  compared.length === 0
    ? nothing
    : table(
        ['System', 'Figure', '#Before', '#After', '#Change (95 %)', 'Answer'],
        compared.map((one) => [
          one.system ?? 'all',
          measureTitle(one.measure),
          figure(one.from, one.unit),
          figure(one.to, one.unit),
          changeInWords(one),
          answerBadge(one.answer),
        ]),
      );

function headroomTable(headroom: ComparisonFile['headroom']): TemplateResult | typeof nothing {
  if (headroom.length === 0) return nothing;
  const times = (value: number): string => `${value.toFixed(1)} ×`;
  return table(
    ['System', '#At least, before', '#After', '#Likely, before', '#After', 'Headroom'],
    headroom.map(({ system, atLeast, likely, answer }) => [
      system,
      times(atLeast.from),
      times(atLeast.to),
      likely ? times(likely.from) : '–',
      likely ? times(likely.to) : '–',
      answerBadge(answer),
    ]),
  );
}
