/**
 * Share of the arrivals that find all servers busy: Erlang's loss formula, continued to servers that are no
 * whole number by Rapp's parabola (Ericsson Technics 20, 1964).
 * @param load on average in service, were none refused
 */
export function erlangLoss(servers: number, load: number): number {
  const fraction = servers - Math.floor(servers);
  const scale = (1 + load) ** 2 + load;
  let loss = 1 - (fraction * (load + 2)) / scale + fraction ** 2 / ((1 + load) * scale);
  for (let count = fraction + 1; count <= servers + 1e-9; count += 1) {
    loss = (load * loss) / (count + load * loss);
  }
  return loss;
}

/**
 * How many times as bunched as independent arrivals those are of which so many are refused: their peakedness,
 * by Hayward's approximation (Fredericks, Bell System Technical Journal 59(6), 1980). 1 where no more are
 * refused than of independent ones.
 * @param refusedShare 0 to 1
 */
export function peakednessOf(servers: number, load: number, refusedShare: number): number {
  const loss = (peakedness: number): number => erlangLoss(servers / peakedness, load / peakedness);
  let from = 1;
  let to = 2 * servers;
  if (refusedShare <= loss(from)) return from;
  for (let halving = 0; halving < 30; halving += 1) {
    const middle = (from + to) / 2;
    if (loss(middle) < refusedShare) from = middle;
    else to = middle;
  }
  return to;
}

/**
 * The most in service at once over a typical period, were none refused. How many of independent arrivals are
 * in service is Poisson distributed, whatever time they take (M/G/∞). A number m is passed whenever an
 * arrival finds m, so that a period without that has the probability exp(−arrivals · p(m)) (Aldous,
 * Probability Approximations via the Poisson Clumping Heuristic, 1989).
 * @param load on average in service
 * @param arrivals in the period
 */
export function typicalMost(load: number, arrivals: number): number {
  let most = 0;
  let logProbability = -load;
  while (most < load || Math.exp(-arrivals * Math.exp(logProbability)) < 0.5) {
    most += 1;
    logProbability += Math.log(load / most);
  }
  return most;
}
