import type { FittedUse } from './systemLaws.ts';

/** Where an *at least* comes from. */
export type Basis =
  /** The law of the resource. */
  | 'law'
  /** The worst held period, in proportion to the load. */
  | 'proportion'
  /** The hold itself, which kept the reserve; more is not known. */
  | 'carried'
  /** The reserve was gone in the hold. */
  | 'overLimit'
  /** As far as a run tells: so many times the load that was seen. */
  | 'farthest'
  /** Nothing was measured. */
  | 'noData';

export interface AtLeast {
  /**
   * The multiple of the whole expected peak at which, with 95 % confidence, 19 of 20 periods keep the
   * reserve.
   */
  atLeast: number;
  basis: Basis;
}

/**
 * Of loads beyond so many times what was seen nothing is said: a law holds until something else gives way.
 */
export const farthest = 4;

/** What is not believed of each e-fold beyond what was seen, since no law is quite true. */
export const disbelief = 0.1;

/** So many periods below the limit, and none at it, prove that a typical one is below: ½⁵ < 5 %. */
export const fewestHeld = 5;

/** Of so many held periods one may be at the limit. */
const oneOf = 20;

/**
 * The least of what the law, the worst held period and the run's reach allow; or what the hold carried, if
 * more.
 */
export function atLeastOf(use: FittedUse): AtLeast {
  const bound = boundOf(use, use.limit);
  const { held } = use;
  if (isOver(use, use.limit)) return { atLeast: bound.atLeast, basis: 'overLimit' };
  const carried = held.length >= fewestHeld ? Math.min(...held.map(({ load }) => load)) : 0;
  return carried > 0 && carried >= bound.atLeast ? { atLeast: carried, basis: 'carried' } : bound;
}

/**
 * The least of what the law, the worst held period and the run's reach allow.
 * @param limit the amount at which the reserve is gone; another than the present one for another size
 */
export function boundOf(use: FittedUse, limit: number): AtLeast {
  const { resource, law, held, seen, growsWithTime } = use;
  const over = isOver(use, limit);
  const bounds: AtLeast[] = [
    { atLeast: believed(law.holdCrossingOf(limit).low, seen), basis: 'law' },
    { atLeast: farthest * seen, basis: 'farthest' },
  ];
  // A share may have a part that does not grow. Whole units are too coarse to tell, and what grows with time
  // has none.
  if (over || growsWithTime || resource.kind !== 'divisible') {
    const inProportion = held.map(({ load, amount }) => (load * limit) / amount).toSorted((a, b) => a - b);
    // The periods that may be at the limit are not asked.
    bounds.push({
      atLeast: inProportion[over ? 0 : mayBeOver(held.length)] ?? Infinity,
      basis: 'proportion',
    });
  }
  return bounds.reduce((a, b) => (b.atLeast < a.atLeast ? b : a));
}

const mayBeOver = (periods: number): number => Math.floor(periods / oneOf);

/** Whether more of the held periods reached the limit than may. */
const isOver = ({ held }: FittedUse, limit: number): boolean =>
  held.filter(({ amount }) => amount >= limit).length > mayBeOver(held.length);

/** A load beyond what was seen, as far as it is believed. */
export const believed = (load: number, seen: number): number => load * Math.max(1, load / seen) ** -disbelief;
