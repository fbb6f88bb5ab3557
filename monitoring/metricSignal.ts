import { limits } from './limits.ts';
import type { Measurement, Watch } from './measurement.ts';

/** A share of a resource with its limit: when it alarms, what the gate asks. */
export interface MetricSignal extends Watch {
  unit: 'percent';
  /** Nobody publishes it: what there is instead is worked out from other figures. */
  isEstimate?: true;
}

type Scale = Pick<Measurement, 'capacity' | 'remaining'>;

/** The metric's value in the reader's unit. */
export function toReaderUnit({ capacity, remaining }: Scale, value: number): number {
  if (capacity === undefined) return value;
  const percent = (value / capacity) * 100;
  return remaining ? 100 - percent : percent;
}

/** The reader's value in the metric's own unit: an alarm's threshold. */
export function toMetricUnit({ capacity, remaining }: Scale, value: number): number {
  if (capacity === undefined) return value;
  return ((remaining ? 100 - value : value) / 100) * capacity;
}

/** What every share of a resource has in common. */
export const reserve = {
  unit: 'percent',
  limit: limits.utilizationPercent,
  limitSource: 'The 20 % reserve: no resource is used above 80 %.',
  ...limits.alarm,
} as const;

/** Where the next step refuses users or writes. */
export const nearlyFull = { limit: limits.criticalUtilizationPercent, ...limits.alarm };
