/**
 * How often Student's t with so many degrees of freedom is beyond `t`, to either side, 0–1: the incomplete beta function
 * (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.1 with 26.5.8), exact also far out.
 * @param degrees above 0, not necessarily whole
 */
export function chanceBeyondT(t: number, degrees: number): number {
  if (t === 0) return 1;
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** What Student's t stays below in a share of cases, above a half. */
export function quantileOfT(share: number, degrees: number): number {
  const chance = 2 * (1 - share);
  let [low, high] = [0, 1];
  while (chanceBeyondT(high, degrees) > chance) high *= 2;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (chanceBeyondT(middle, degrees) > chance) low = middle;
    else high = middle;
  }
  return high;
}

/** I_x(a, b), by its continued fraction on the side where that converges quickly. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2)
    ? (front * continuedFraction(x, a, b)) / a
    : 1 - (front * continuedFraction(1 - x, b, a)) / b;
}

/** 26.5.8, evaluated from its beginning until a further step changes nothing (W. J. Lentz, Applied Optics 15, 1976). */
function continuedFraction(x: number, a: number, b: number): number {
  const apart = (value: number): number => (Math.abs(value) < 1e-300 ? 1e-300 : value);
  let numerator = 1;
  let denominator = 1 / apart(1 - ((a + b) * x) / (a + 1));
  let result = denominator;
  for (let m = 1; m <= 500; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let change = 1;
    for (const term of [even, odd]) {
      denominator = 1 / apart(1 + term * denominator);
      numerator = apart(1 + term / numerator);
      change = denominator * numerator;
      result *= change;
    }
    if (Math.abs(change - 1) < 1e-14) break;
  }
  return result;
}

const lanczos = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln Γ (C. Lanczos, SIAM Journal on Numerical Analysis 1, 1964), for values above 0. */
function logGamma(value: number): number {
  if (value < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * value)) - logGamma(1 - value);
  const z = value - 1;
  const sum = lanczos.reduce((total, term, index) => total + term / (z + index + 1), 0.99999999999980993);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}
