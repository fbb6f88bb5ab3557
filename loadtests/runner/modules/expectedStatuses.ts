import { UnsupportedError } from '../../errors.ts';

/** Which statuses a request calls good; made by `http.expectedStatuses`. */
export class ExpectedStatuses {
  readonly #ranges: readonly { min: number; max: number }[];

  constructor(ranges: readonly (number | { min: number; max: number })[]) {
    this.#ranges = ranges.map((range) => (typeof range === 'number' ? { min: range, max: range } : range));
  }

  has(status: number): boolean {
    return this.#ranges.some(({ min, max }) => status >= min && status <= max);
  }
}

/** What a script gives as callback: null asks for no judgement. @throws UnsupportedError */
export function asExpected(value: unknown): ExpectedStatuses | null {
  if (value instanceof ExpectedStatuses || value === null) return value;
  throw new UnsupportedError('http responseCallback', 'use http.expectedStatuses(…)');
}
