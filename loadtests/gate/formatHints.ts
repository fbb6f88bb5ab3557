import { questionName } from '../../records/questionTitles.ts';
import type { VerdictFile } from '../../records/verdict.ts';
import { adviceInWords, isLess } from './adviceInWords.ts';
import { wrap } from './wrap.ts';

/** Of each kind so many are named before the rest is counted. */
const named = 10;

/** What the figures suggest beside the verdict: what to change, and where load and use disagree. */
export function formatHints({ advice = [], disagreements = [] }: VerdictFile, width: number): string[] {
  return [
    ...section(
      'To keep the reserve at the whole peak, at least:',
      advice.filter((one) => !isLess(one)).map(adviceInWords),
      width,
    ),
    ...section(
      'Larger than the measured load needs on every system:',
      advice.filter(isLess).map(adviceInWords),
      width,
    ),
    ...section(
      'Load and use disagree (not part of the verdict):',
      disagreements.map(({ system, signal, kind, from, to }) =>
        kind === 'atNoLoad'
          ? `${system}, ${questionName(signal)}: ${percent(from)} before any request, ${percent(to)} at the highest load: ` +
            'something else uses it'
          : `${system}, ${questionName(signal)}: grew from ${percent(from)} to ${percent(to)} over the hold, at the same load: a leak?`,
      ),
      width,
    ),
  ];
}

function section(title: string, texts: readonly string[], width: number): string[] {
  if (texts.length === 0) return [];
  const more = texts.length - named;
  return [
    '',
    title,
    ...texts.slice(0, named).flatMap((text) => wrap(text, width - 2).map((row) => `  ${row}`)),
    ...(more > 0 ? [`  … and ${more} more`] : []),
  ];
}

const percent = (value: number): string => `${value.toFixed(0)} %`;
