import type { Outlier } from '../../records/verdict.ts';

const units: Record<Outlier['unit'], string> = {
  percent: ' %',
  milliseconds: ' ms',
  seconds: ' s',
  count: '',
  score: '',
  perSecond: ' /s',
};

/** A value of a record for a terminal. */
export const quantity = (value: number | null, { unit }: { unit: Outlier['unit'] }): string =>
  value === null ? '–' : `${value.toFixed(Math.abs(value) < 10 ? 2 : 1)}${units[unit]}`;
