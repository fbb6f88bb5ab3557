/** The loads at which something may reach its limit, as far as the data say. */
export interface Crossing {
  /** That which fits best. */
  value: number;
  /** The least that still fits, at 95 % one-sided; 0 when the least of all still does. */
  low: number;
  /** The most that still fits, at 95 % one-sided; infinite when the data do not say. */
  high: number;
}

/** Where the use of a resource reaches an amount: of a divisible one in percent, of others in units. */
export interface Law {
  /** In a typical period. */
  crossingOf: (amount: number) => Crossing;
  /** In the worst but one of twenty periods: where a hold begins to fail. */
  holdCrossingOf: (amount: number) => Crossing;
  /** What a typical period uses at a load, by the law that fits best where it reaches an amount. */
  typicalThrough: (amount: number) => (load: number) => number;
}

/** Loads that are tried, as multiples of the most that was seen. */
const tried = { from: 0.02, to: 20 };
/** Between two that are tried first, in the logarithm. */
const step = 0.25;
const halvings = 8;

/**
 * The loads that a profile likelihood does not rule out (Venzon and Moolgavkar, Applied Statistics 37(1),
 * 1988). Fieller's interval of a straight line's crossing is the same where nothing bounds the line; this one
 * has no end below zero, and says so where the data leave an end open.
 * @param misfit of the best law that reaches its limit at this load; the smaller, the better
 * @param seen the most load that was seen, above 0
 * @param allowed how large a misfit is not ruled out, given the least one
 */
export function crossingRegion(
  misfit: (load: number) => number,
  seen: number,
  allowed: (least: number) => number,
): Crossing {
  const first = Math.log(seen * tried.from);
  const length = Math.ceil(Math.log(tried.to / tried.from) / step) + 1;
  const logs = Array.from({ length }, (_, index) => first + index * step);
  const of = (log: number): number => misfit(Math.exp(log));
  const misfits = logs.map(of);
  const flat = Math.min(...misfits);
  const bestIndex = misfits.indexOf(flat);
  const refined = minimize(of, logs[bestIndex]! - step, logs[bestIndex]! + step);
  const best = refined.value < flat ? refined : { x: logs[bestIndex]!, value: flat };
  const most = allowed(best.value);
  const inside = misfits.map((value) => value <= most);
  const edge = (direction: -1 | 1): number | undefined => {
    let index = bestIndex;
    while (inside[index + direction]) index += direction;
    const outside = logs[index + direction];
    return outside === undefined
      ? undefined
      : between(index === bestIndex ? best.x : logs[index]!, outside, (log) => of(log) <= most);
  };
  const low = edge(-1);
  const high = edge(1);
  return {
    value: Math.exp(best.x),
    low: low === undefined ? 0 : Math.exp(low),
    high: high === undefined ? Infinity : Math.exp(high),
  };
}

/** The last place on the way from `inside` to `outside` that is still inside. */
function between(inside: number, outside: number, holds: (x: number) => boolean): number {
  for (let halving = 0; halving < halvings; halving += 1) {
    const middle = (inside + outside) / 2;
    if (holds(middle)) inside = middle;
    else outside = middle;
  }
  return inside;
}

const golden = (Math.sqrt(5) - 1) / 2;

/** Where a function with one minimum between two places has it: golden-section search. */
export function minimize(
  of: (x: number) => number,
  from: number,
  to: number,
  rounds = 10,
): { x: number; value: number } {
  let left = { x: to - golden * (to - from), value: 0 };
  let right = { x: from + golden * (to - from), value: 0 };
  left.value = of(left.x);
  right.value = of(right.x);
  for (let round = 0; round < rounds; round += 1) {
    if (left.value <= right.value) {
      to = right.x;
      right = left;
      left = { x: to - golden * (to - from), value: 0 };
      left.value = of(left.x);
    } else {
      from = left.x;
      left = right;
      right = { x: from + golden * (to - from), value: 0 };
      right.value = of(right.x);
    }
  }
  return left.value <= right.value ? left : right;
}
