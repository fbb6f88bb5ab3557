import type { Crossing } from '../../records/breakpoint.ts';
import type { ExpectationRecord } from '../../records/drill.ts';
import type { Outlier, VerdictRecord } from '../../records/verdict.ts';

const pad = (value: number): string => String(value).padStart(2, '0');

/** `14:05:09`, UTC as everywhere on the page. */
export function time(ms: number): string {
  const date = new Date(ms);
  return `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`;
}

/** `14:05` where seconds say nothing. */
export const timeOfMinute = (ms: number): string => time(ms).slice(0, 5);

/** Made once: a formatter costs more than a thousand of its answers. */
const monthName = new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: 'UTC' });

/** `24 Nov 14:05`. */
export function dateTime(ms: number): string {
  const month = monthName.format(ms);
  return `${new Date(ms).getUTCDate()} ${month} ${timeOfMinute(ms)}`;
}

/** `45 s`, `12 min`, `3 h 20 min`, `2 d`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.round(hours / 24)} d`;
}

/** Three significant digits, and no more zeros than needed: `0.0123`, `12.3`, `1,230`. */
export function number(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1_000) return Math.round(value).toLocaleString('en-GB');
  if (size < 0.0001) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

/** A share: `0.53 %`, `5.3 %`, `53 %`. */
export const percent = (value: number): string =>
  value === 0 ? '0 %' : `${value.toFixed(value < 1 ? 2 : value < 10 ? 1 : 0)} %`;

type Unit = VerdictRecord['unit'] | Outlier['unit'] | Crossing['unit'] | ExpectationRecord['unit'];

const inUnits: Record<Unit, (value: number) => string> = {
  percent,
  perSecond: (value) => `${number(value)} /s`,
  milliseconds: (value) => (value >= 10_000 ? `${number(value / 1_000)} s` : `${number(value)} ms`),
  seconds: number,
  count: number,
  score: number,
};

/** A value in one of the units that records use. */
export const inUnit = (value: number | null, unit: Unit): string =>
  value === null ? 'no data' : inUnits[unit](value);

/** `databaseCpu` as `database CPU`, for ids without a title. */
export const words = (id: string): string =>
  id
    .replaceAll(/([A-Z])/g, ' $1')
    .toLowerCase()
    .replaceAll(/\bcpu\b/g, 'CPU');
