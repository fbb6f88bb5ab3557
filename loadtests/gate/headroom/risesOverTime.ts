import { limits } from '../../../monitoring/limits.ts';
import { riseOf } from '../straightLine.ts';
import type { Reading } from './readings.ts';

/** Whether a resource surely gained over the hold, and enough to matter: what a leak does. */
export function risesOverTime(readings: readonly Reading[]): boolean {
  const held = readings.filter(({ period }) => period.held);
  const rise = riseOf(
    held.map(({ period, percent }) => ({ x: period.startMs - held[0]!.period.startMs, y: percent })),
  );
  return rise !== undefined && rise.to - rise.from >= limits.loadMismatch.growthPoints;
}
