import { median } from '../../../core/statistics.ts';
import { crossingRegion, type Law } from './crossing.ts';
import { heavyTailed, studentT95 } from './studentT.ts';

/** The most of something in whole units that was in use at once over a period, at the load of that period. */
export interface CountPoint {
  /** Multiple of the expected peak, in the period's busiest stretch; above 0. */
  load: number;
  /**
   * The reading lies between: a whole number m between m − ½ and m + ½; infinite where it had no more room.
   */
  from: number;
  to: number;
  /** In use at once on average, by Little's law; 0 where that is not known. */
  mean: number;
}

export interface CountOptions {
  /** How many times as long as with no load a request takes at this one. */
  slowness: (load: number) => number;
  /** Whether units stay taken for a while after their use, so that some may not come from the load at all. */
  kept: boolean;
}

/**
 * What a maximum adds to the mean grows with a power of the load. 1: requests stand still together, and twice
 * as many come in the same time. ½: they are independent, and it is their spread that is added (the
 * square-root rule; Whitt, Management Science 38(5), 1992). Between: they come in an overdispersed way (Hong et
 * al., Staffing under Taylor's Law, 2023). Less: one more at once is rare at any load. 0: it does not come from
 * the load.
 */
const powers = [0, 0.25, 0.4, 0.55, 0.7, 0.85, 1];

/** By how much maxima deviate from period to period: scale of the logarithm. */
const scatters = [0.05, 0.09, 0.15, 0.25, 0.42, 0.75, 1.3];

/**
 * What is likely before any reading, and counts little after ten. A scatter of 0.15, within a factor of e. A
 * power by the scatter: independent requests have a steady maximum, those that stand still together a varied
 * one.
 */
const logPriors = scatters.map((scatter) => {
  const together = Math.min(1, Math.max(0, Math.log(scatter / 0.1) / Math.log(4)));
  const ofScatter = Math.log(scatter / 0.15) ** 2;
  return powers.map((power) => -(((power - (0.5 + 0.4 * together)) / 0.3) ** 2 + ofScatter) / 2);
});

/** What a heavy-tailed deviation of scale 1 stays below in 19 of 20 periods. */
const worstOfTwenty = 2.132;

/**
 * Little's law for the mean, in use = rate × time in use (Operations Research 9(3), 1961), and above it the
 * excess of a period's maximum:
 *
 *   typical maximum at load x = slowness(x) · (mean per load · x + excess · x ^ power)
 *
 * The maximum deviates from the typical one by a factor, with heavy tails. Crossings that are not ruled out
 * are those that some excess, power and scatter explain not significantly worse than the best do.
 * @param points at least one
 */
export function fitCount(points: readonly CountPoint[], { slowness, kept }: CountOptions): Law {
  const seen = Math.max(...points.map(({ load }) => load));
  // The means of a ramp's beginning are of cold starts.
  const meanPerLoad = median(
    points.filter(({ load }) => load >= seen / 2).map(({ load, mean }) => mean / load / slowness(load)),
  );
  const readings = points.map(({ load, from, to }) => ({
    logLoad: Math.log(load),
    slow: slowness(load),
    mean: meanPerLoad * load,
    logFrom: from > 0 ? Math.log(from) : -Infinity,
    logTo: Math.log(to),
  }));

  /** The best law by which a period at `load` reaches `most` when it deviates by so many scatters. */
  const lawAt = (load: number, most: number, deviations: number): CountFit => {
    let best = -Infinity;
    const law = { excess: 0, power: 0 };
    const slow = slowness(load);
    const logLoad = Math.log(load);
    for (const [row, scatter] of scatters.entries()) {
      const excess = (most * Math.exp(-deviations * scatter)) / slow - meanPerLoad * load;
      if (excess < 0) continue;
      for (const [column, power] of powers.entries()) {
        if (power === 0 && !kept) continue;
        const logPrior = logPriors[row]![column]!;
        // Below this product of probabilities there is no need to go on.
        let least = Math.exp(best - logPrior);
        let likelihood = 1;
        // Of a day's periods the product is less than any number that there is.
        let logBefore = 0;
        for (const reading of readings) {
          const grown = excess * Math.exp(power * (reading.logLoad - logLoad));
          const typical = Math.log(reading.slow * (reading.mean + grown));
          likelihood *= Math.max(
            1e-12,
            heavyTailed((reading.logTo - typical) / scatter) -
              heavyTailed((reading.logFrom - typical) / scatter),
          );
          if (likelihood < least) break;
          if (likelihood > 1e-250) continue;
          logBefore += Math.log(likelihood);
          least = Math.exp(best - logPrior - logBefore);
          likelihood = 1;
          if (likelihood < least) break;
        }
        if (likelihood <= least) continue;
        best = logBefore + Math.log(likelihood) + logPrior;
        law.excess = excess;
        law.power = power;
      }
    }
    return { misfit: -best, ...law };
  };

  const degrees = Math.max(1, points.filter(({ to }) => to < Infinity).length - 2);
  // A ratio of likelihoods with an estimated scatter is distributed as a power of Student's t.
  const drop = (points.length / 2) * Math.log(1 + studentT95(degrees) ** 2 / degrees);
  const crossing = (deviations: number) => (amount: number) =>
    crossingRegion(
      (load) => lawAt(load, amount, deviations).misfit,
      seen,
      (least) => least + drop,
    );
  const crossingOf = crossing(0);
  return {
    crossingOf,
    holdCrossingOf: crossing(worstOfTwenty),
    typicalThrough: (amount) => {
      const { value } = crossingOf(amount);
      const { excess, power } = lawAt(value, amount, 0);
      return (load) => slowness(load) * (meanPerLoad * load + excess * (load / value) ** power);
    },
  };
}

/** What a maximum adds to the mean at the load where it was asked for, and the power by which it grows. */
interface CountFit {
  /** The smaller, the better. */
  misfit: number;
  excess: number;
  power: number;
}
