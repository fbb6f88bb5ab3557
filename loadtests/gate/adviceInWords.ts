import { questionName } from '../../records/questionTitles.ts';
import type { Advice } from '../../records/verdict.ts';

/** Whether less would do, on every system. */
export const isLess = ({ from, to }: Advice): boolean => to !== null && to < from;

/** One sentence: what to change, because of what, and at what price. */
export const adviceInWords = (advice: Advice): string => (isLess(advice) ? less(advice) : more(advice));

const more = ({ setting, from, to, system, signal, usdAMonth, unpriced }: Advice): string =>
  to === null
    ? `${setting}: more than ${from}; this run does not show how many (${because(system, signal)} was over its limit)`
    : `${setting} from ${from} to ${to} (${because(system, signal)} needs the most)` +
      (unpriced !== undefined
        ? `; not priced: ${unpriced}`
        : usdAMonth === null || usdAMonth === 0
          ? ''
          : `; ${usd(usdAMonth)} a month more`);

const less = ({ setting, from, to, system, signal, usdAMonth }: Advice): string =>
  `${setting}: ${to} instead of ${from} would be enough (${because(system, signal)} needs the most)` +
  (usdAMonth === null || usdAMonth === 0 ? '' : `; saves ${usd(-usdAMonth)} a month`) +
  (isMemory(setting)
    ? ` at the same run time, but less memory means less CPU: measure it first (headroom size${functionOf(setting)})`
    : '');

const because = (system: string, signal: string): string => `${questionName(signal)} of ${system}`;

/** The API's is measured where no other is named. */
const functionOf = (setting: string): string =>
  setting.endsWith('subscriber.memoryMiB') ? ' --function subscriber' : '';

/** Of a function. */
const isMemory = (setting: string): boolean => setting.endsWith('.memoryMiB');

const usd = (amount: number): string =>
  `${amount.toLocaleString('en-US', { maximumFractionDigits: amount < 10 ? 2 : 0 })} USD`;
