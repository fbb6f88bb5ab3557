import type { Advice, VerdictFile } from '../../records/verdict.ts';
import { wrap } from './wrap.ts';

/** Of each kind so many are named before the rest is counted. */
const named = 10;

/** What the figures suggest beside the verdict: what to change, and where load and use disagree. */
export function formatHints({ advice = [], disagreements = [] }: VerdictFile, width: number): string[] {
  const isLess = ({ from, to }: Advice): boolean => to !== null && to < from;
  return [
    ...section(
      'To keep the reserve at the whole peak, at least:',
      advice.filter((one) => !isLess(one)).map(moreInWords),
      width,
    ),
    ...section(
      'Larger than the measured load needs, on every system:',
      advice.filter(isLess).map(lessInWords),
      width,
    ),
    ...section(
      'Load and use disagree (no part of the verdict):',
      disagreements.map(({ system, signal, kind, from, to }) =>
        kind === 'atNoLoad'
          ? `${system} ${signal}: ${percent(from)} before any request, ${percent(to)} at the most load: ` +
            'something else uses it'
          : `${system} ${signal}: grew from ${percent(from)} to ${percent(to)} over the hold, at the same load: a leak?`,
      ),
      width,
    ),
  ];
}

const moreInWords = ({ setting, from, to, system, signal, usdAMonth }: Advice): string =>
  to === null
    ? `${setting}: more than ${from}, and this run does not tell how many (${system} ${signal} was over its limit)`
    : `${setting} from ${from} to ${to} (${system} ${signal} needs most)` +
      (usdAMonth === null || usdAMonth === 0 ? '' : `; ${usd(usdAMonth)} a month more`);

const lessInWords = ({ setting, from, to, system, signal, usdAMonth }: Advice): string =>
  `${setting}: ${to} of ${from} would do (${system} ${signal} needs most)` +
  (usdAMonth === null || usdAMonth === 0 ? '' : `; saves ${usd(-usdAMonth)} a month`) +
  (isMemory(setting) ? ' at the same run time, but less memory is less CPU: measure it first' : '');

/** Of a function. */
const isMemory = (setting: string): boolean => setting.endsWith('.memoryMiB');

const usd = (amount: number): string =>
  `${amount.toLocaleString('en-US', { maximumFractionDigits: amount < 10 ? 2 : 0 })} USD`;

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
