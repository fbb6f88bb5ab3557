import { mean as meanOf } from '../../core/statistics.ts';
import { studentT95 } from './headroom/studentT.ts';

/** A value measured at a load. */
export interface Point {
  x: number;
  y: number;
}

/** Fewer say too little about their own spread. */
const fewestPoints = 5;

/** A least-squares line. */
interface Fit {
  mean: Point;
  slope: number;
  /** Sum of the squared distances from the mean `x`. */
  spreadOfX: number;
}

interface Line extends Fit {
  /** Half of the slope's 90 % confidence interval. */
  slopeError: number;
}

/** The line's values at the first and the last point; undefined when it does not surely rise. */
export function riseOf(points: readonly Point[]): { from: number; to: number } | undefined {
  const line = risingLine(points);
  if (!line) return undefined;
  const xs = points.map(({ x }) => x);
  return { from: valueAt(line, Math.min(...xs)), to: valueAt(line, Math.max(...xs)) };
}

/** The line's value at `x`, however it runs; undefined for too few points or one load only. */
export function lineValueAt(points: readonly Point[], x: number): number | undefined {
  const line = fitLine(points);
  return line && valueAt(line, x);
}

const valueAt = ({ mean, slope }: Line, x: number): number => mean.y + slope * (x - mean.x);

function risingLine(points: readonly Point[]): Line | undefined {
  const line = fitLine(points);
  return line && line.slope > line.slopeError ? line : undefined;
}

function fitLine(points: readonly Point[]): Line | undefined {
  const { length } = points;
  if (length < fewestPoints) return undefined;
  const fit = leastSquares(points);
  const { mean, slope, spreadOfX } = fit;
  if (spreadOfX === 0) return undefined;
  const misfit = points.reduce((sum, { x, y }) => sum + (y - mean.y - slope * (x - mean.x)) ** 2, 0);
  const variance = misfit / (length - 2);
  return { ...fit, slopeError: studentT95(length - 2) * Math.sqrt(variance / spreadOfX) };
}

/** The line itself, of however few points; its slope is `NaN` where all have one `x`. */
export function leastSquares(points: readonly Point[]): Fit {
  const mean = {
    x: meanOf(points.map(({ x }) => x)),
    y: meanOf(points.map(({ y }) => y)),
  };
  const sum = (of: (dx: number, dy: number) => number): number =>
    points.reduce((total, point) => total + of(point.x - mean.x, point.y - mean.y), 0);
  const spreadOfX = sum((dx) => dx * dx);
  return { mean, slope: sum((dx, dy) => dx * dy) / spreadOfX, spreadOfX };
}
