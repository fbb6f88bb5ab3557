/** One and two degrees of freedom, where the expansion below is off. */
const closedForms = [6.3138, 2.92];

/**
 * What Student's t stays below in 95 of 100 cases, within 0.5 %: the expansion of Abramowitz and Stegun,
 * Handbook of Mathematical Functions, 26.7.5.
 * @param degrees of freedom, a whole number from one on
 */
export function studentT95(degrees: number): number {
  const closed = closedForms[degrees - 1];
  if (closed !== undefined) return closed;
  const z = 1.6448536;
  return (
    z +
    (z ** 3 + z) / (4 * degrees) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3)
  );
}

/**
 * Share of cases in which Student's t with four degrees of freedom stays below `t` (W. T. Shaw, Journal of
 * Computational Finance 9(4), 2006). Its tails are heavy: an outlier moves a fit by it less than by a normal
 * one.
 */
export function heavyTailed(t: number): number {
  if (!Number.isFinite(t)) return t > 0 ? 1 : 0;
  const q = 1 + (t * t) / 4;
  return 0.5 + (3 / 8) * (t / Math.sqrt(q)) * (1 - (t * t) / (12 * q));
}
