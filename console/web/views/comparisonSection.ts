import { html, nothing, type TemplateResult } from 'lit-html';
import {
  answerWords,
  changeInWords,
  figure,
  figuresOf,
  measureTitle,
} from '../../../records/comparisonInWords.ts';
import type { Compared, ComparisonFile } from '../../../records/comparison.ts';
import { heading } from './parts.ts';
import { table } from './table.ts';

/** The run beside an earlier one. */
export function comparisonSection(comparison: ComparisonFile): TemplateResult {
  const { baseline, reason, notes, headroom } = comparison;
  const { overall, different } = figuresOf(comparison);
  const times = (value: number): string => `${value.toFixed(1)} ×`;
  return html`
    ${heading('Beside an earlier run', baseline.runId)}
    <p>${reason} ${notes.join(' ')}</p>
    ${overall.length > 0 ? figures(overall) : nothing} ${different.length > 0 ? figures(different) : nothing}
    ${
      headroom.length > 0
        ? table(
            ['System', '#At least before', '#after', '#Likely before', '#after', 'Answer'],
            headroom.map(({ system, atLeast, likely, answer }) => [
              system,
              times(atLeast.from),
              times(atLeast.to),
              likely ? times(likely.from) : '–',
              likely ? times(likely.to) : '–',
              answerWords[answer],
            ]),
          )
        : nothing
    }
  `;
}

const figures = (compared: readonly Compared[]): TemplateResult =>
  table(
    ['System', 'Figure', '#Before', '#After', '#Change (95 %)', 'Answer'],
    compared.map((one) => [
      one.system ?? 'all',
      measureTitle(one.measure),
      figure(one.from, one.unit),
      figure(one.to, one.unit),
      changeInWords(one),
      answerWords[one.answer],
    ]),
  );
