import { median } from '../../../core/statistics.ts';
import { crossingRegion, minimize, type Crossing, type Law } from './crossing.ts';
import { studentT95 } from './studentT.ts';

/** The use of a divisible resource over a period, at the load of that period. */
export interface SharePoint {
  /** Multiple of the expected peak. */
  load: number;
  percent: number;
  /** Whether it would have been more, had there been more of the resource. */
  censored: boolean;
}

/** What a divisible resource will be used at other loads, in percent. */
export interface ShareLaw extends Law {
  /** By the line that fits best; of several the steepest. */
  percentAt: (load: number) => number;
}

/** No reading of a share is taken to be more exact than so many points. */
const exactPoints = 0.5;

/**
 * How much such readings scatter, in points, as far as one knows before any was made; it counts like one
 * reading.
 */
const usualScatter = 3;

/** Deviations beyond so many scatters count by their size, not its square (Huber, 1964). */
const outlierAt = 1.5;

/** Standard deviations by which the worst but one of twenty periods is above a typical one. */
const worstOfTwenty = 1.645;

/** The use whose scatter is spoken of; that of others grows with the root of their use. */
const ofPercent = 80;

/**
 * The utilisation law: use = use at rest + demand of a request × rate, neither below zero (Denning and Buzen,
 * Computing Surveys 10(3), 1978; as a regression Bard and Shatzoff, 1978). The variance grows with the use,
 * as that of a sum of independent demands does. A censored period says only that it would have been more.
 *
 * Crossings that are not ruled out are those through which some such line goes that fits not significantly
 * worse than the best does.
 * @param points at least one of them under load
 */
export function fitShare(points: readonly SharePoint[]): ShareLaw {
  const seen = Math.max(...points.map(({ load }) => load));
  const known = points.filter(({ censored }) => !censored);
  const robust = robustLine(known.length > 0 ? known : points);
  const weights = points.map(({ load }) =>
    Math.sqrt(ofPercent / Math.max(robust.rest + robust.slope * load, ofPercent / 50)),
  );
  const deviations = points.flatMap(({ load, percent, censored }, index) =>
    censored ? [] : [Math.abs(percent - robust.rest - robust.slope * load) * weights[index]!],
  );
  const scatter = Math.max(exactPoints, deviations.length > 2 ? 1.4826 * median(deviations) : 0);

  const misfitOf = (rest: number, slope: number): number => {
    let sum = 0;
    for (let index = 0; index < points.length; index += 1) {
      const { load, percent, censored } = points[index]!;
      const deviation = ((percent - rest - slope * load) * weights[index]!) / scatter;
      sum += huber(censored ? Math.max(0, deviation) : deviation);
    }
    return sum;
  };
  /** The best of the lines that reach the limit at `load`. */
  const lineThrough = (load: number, limit: number): { slope: number; misfit: number } => {
    const of = (slope: number): number => misfitOf(limit - slope * load, slope);
    const steepest = limit / load;
    const lines = [0, steepest, minimize(of, 0, steepest, 20).x].map((slope) => ({
      slope,
      misfit: of(slope),
    }));
    return lines.reduce((best, line) => (line.misfit < best.misfit ? line : best));
  };
  // One reading more than there are, of the usual scatter: three that happen to lie on a line prove none.
  const degrees = Math.max(1, known.length - 2) + 1;
  const varianceOf = (misfit: number): number =>
    Math.max(1, (2 * misfit + (usualScatter / scatter) ** 2) / degrees);
  const crossingOf = (limit: number): Crossing =>
    crossingRegion(
      (load) => lineThrough(load, limit).misfit,
      seen,
      (least) => least + (varianceOf(least) * studentT95(degrees) ** 2) / 2,
    );

  const region = crossingOf(ofPercent);
  const variance = varianceOf(lineThrough(region.value, ofPercent).misfit);
  const deviation = scatter * Math.sqrt(variance);
  // Of loads that are all alike no line fits best: of those that fit, the steepest foretells the most.
  const through = region.high === Infinity && region.low > 0 ? region.low : region.value;
  const { slope } = lineThrough(through, ofPercent);
  const percentAt = (load: number): number => ofPercent + slope * (load - through);
  return {
    crossingOf,
    holdCrossingOf: (limit) => crossingOf(Math.max(limit / 20, limit - worstOfTwenty * deviation)),
    percentAt,
    typicalThrough: () => percentAt,
  };
}

const huber = (deviation: number): number => {
  const size = Math.abs(deviation);
  return size <= outlierAt ? size ** 2 / 2 : outlierAt * (size - outlierAt / 2);
};

/**
 * A line that a quarter of the points cannot move far (Theil and Sen), neither of its parameters below zero.
 */
function robustLine(points: readonly SharePoint[]): { rest: number; slope: number } {
  const loads = points.map(({ load }) => load);
  const apart = (Math.max(...loads) - Math.min(...loads)) / 10;
  const slopes = points.flatMap((a, index) =>
    points
      .slice(index + 1)
      .filter((b) => Math.abs(b.load - a.load) > apart)
      .map((b) => (b.percent - a.percent) / (b.load - a.load)),
  );
  const slope = slopes.length === 0 ? 0 : Math.max(0, median(slopes));
  const rest = median(points.map(({ load, percent }) => percent - slope * load));
  if (rest >= 0) return { rest, slope };
  const loaded = points.filter(({ load }) => load > 0);
  return { rest: 0, slope: median(loaded.map(({ load, percent }) => percent / load)) };
}
