/** Ids that follow each other, first and last included. */
export interface IdRange {
  first: number;
  last: number;
}

/** A set of ids that is as small as it has gaps, however many ids are in it. */
export class IdRanges {
  readonly #lastOf = new Map<number, number>();
  readonly #firstOf = new Map<number, number>();

  /** @param id none that was added before */
  add(id: number): void {
    const first = this.#firstOf.get(id - 1) ?? id;
    const last = this.#lastOf.get(id + 1) ?? id;
    this.#firstOf.delete(id - 1);
    this.#lastOf.delete(id + 1);
    this.#lastOf.set(first, last);
    this.#firstOf.set(last, first);
  }

  /** In ascending order, none next to another. */
  ranges(): IdRange[] {
    return [...this.#lastOf].map(([first, last]) => ({ first, last })).sort((a, b) => a.first - b.first);
  }
}

/** The same ids, in ascending order, in as few ranges as there are gaps. @param ranges none with an id of another */
export function joined(ranges: readonly IdRange[]): IdRange[] {
  const all: IdRange[] = [];
  for (const { first, last } of ranges.toSorted((a, b) => a.first - b.first)) {
    const before = all.at(-1);
    if (before?.last === first - 1) before.last = last;
    else all.push({ first, last });
  }
  return all;
}

/** What lies between the ranges, and before the first of them from `from` on. */
export function gapsIn(from: number, ranges: readonly IdRange[]): IdRange[] {
  const gaps: IdRange[] = [];
  let next = from;
  for (const { first, last } of ranges) {
    if (first > next) gaps.push({ first: next, last: first - 1 });
    next = last + 1;
  }
  return gaps;
}

/** Every id of the ranges. */
export function* idsIn(ranges: readonly IdRange[]): Generator<number> {
  for (const { first, last } of ranges) for (let id = first; id <= last; id += 1) yield id;
}
