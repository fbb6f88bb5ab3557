// Of whoever shows a comparison, on the terminal and on a page.
import type { Compared, ComparisonFile } from './comparison.ts';
import { questionTitle } from './questionTitles.ts';

const titles: Readonly<Record<string, string>> = {
  latencyP50: 'Latency p50, typical second',
  latencyP95: 'Latency p95, typical second',
  latencyP99: 'Latency p99, typical second',
};

export const measureTitle = (measure: string): string => titles[measure] ?? questionTitle(measure);

export const answerWords: Readonly<Record<Compared['answer'] | 'unknown', string>> = {
  same: 'same',
  better: 'better',
  worse: 'worse',
  regression: 'REGRESSION',
  unknown: 'not known',
};

/** Beyond, it says no more than that nobody knows. */
const mostTold = 999;

const digits = (value: number): string => value.toFixed(Math.abs(value) < 10 ? 2 : 1);

/** `12.1 ms` */
export const figure = (value: number, unit: Compared['unit']): string =>
  `${digits(value)} ${unit === 'percent' ? '%' : 'ms'}`;

/** `+21 % (+15 to +27)`; in percentage points where nothing was there before. */
export function changeInWords({ unit, from, to, low, high }: Compared): string {
  const isRelative = from > 0;
  const of = (value: number): string => {
    const change = isRelative ? (100 * (value - from)) / from : value - from;
    if (Math.abs(change) > mostTold) return change > 0 ? `over +${mostTold}` : `below −${mostTold}`;
    const text = isRelative ? change.toFixed(0) : digits(change);
    return change > 0 ? `+${text}` : text.replace(/^-0(\.0*)?$/, '0').replace('-', '−');
  };
  const what = isRelative ? ' %' : unit === 'percent' ? ' points' : ' ms';
  return `${of(to)}${what} (${of(low)} to ${of(high)})`;
}

/** What is shown of every comparison: all systems together, or the only one; then the systems that are worse. */
export function figuresOf({ compared }: ComparisonFile): { overall: Compared[]; different: Compared[] } {
  const together = compared.filter(({ system }) => system === null);
  const isAlone = together.length === 0;
  const worse = (one: Compared['answer']): Compared[] =>
    compared.filter(({ system, answer }) => system !== null && answer === one);
  return {
    overall: isAlone ? compared : together,
    different: isAlone ? [] : [...worse('regression'), ...worse('worse')],
  };
}
