import uPlot from 'uplot';
import type { AxisView } from '../../wire.ts';

/** An axis's range: its own bounds; where it has none, what is drawn, with its limits, from zero. */
export function valueRange(
  { min, max }: AxisView,
  limits: readonly number[],
  dataMin: number | null,
  dataMax: number | null,
): [number, number] {
  const low = min ?? Math.min(0, dataMin ?? 0);
  if (max !== null) return [low, max];
  const highest = Math.max(dataMax ?? 0, ...limits);
  if (highest <= low) return [low, low + 1];
  return [low, uPlot.rangeNum(low, highest, 0.1, true)[1] ?? highest];
}

/** Points without a neighbour, which a line would not show; what is left out of a long run is no neighbour and no gap. */
export function isolatedPoints(u: uPlot, seriesIndex: number): number[] {
  const values = u.data[seriesIndex] ?? [];
  const told = [...values.keys()].filter((index) => values[index] !== undefined);
  const isMissing = (place: number): boolean => typeof values[told[place] ?? -1] !== 'number';
  return told.filter((_, place) => !isMissing(place) && isMissing(place - 1) && isMissing(place + 1));
}

/** The series whose value at an index is drawn nearest to a height; null when none is there. */
export function nearestLine(u: uPlot, index: number, top: number): number | null {
  let nearest: number | null = null;
  let smallest = 24;
  u.series.forEach(({ scale = 'left' }, seriesIndex) => {
    const value = u.data[seriesIndex]?.[index];
    if (seriesIndex === 0 || typeof value !== 'number') return;
    const distance = Math.abs(u.valToPos(value, scale) - top);
    if (distance < smallest) {
      smallest = distance;
      nearest = seriesIndex;
    }
  });
  return nearest;
}
