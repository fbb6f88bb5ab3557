import { mean } from '../../core/statistics.ts';
import type { Measurement } from '../measurement.ts';
import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import { measurementsOf } from '../measurements.ts';
import { signalsOf, toReaderUnit } from '../signals.ts';
import { standingsOf, stepOf, type Standing } from '../outliers.ts';

/** What is compared: the signals, and the load that should explain them. */
export const comparedOf = (names: MonitoredSystem, periodSeconds: number): Measurement[] => {
  const { requests, durationP99, selectsPerSecond, queueWait } = measurementsOf(names, periodSeconds);
  return [
    ...Object.values(signalsOf(names, periodSeconds)),
    ...[requests, durationP99, selectsPerSecond, queueWait].filter(
      (measurement) => measurement !== undefined,
    ),
  ];
};

/** A system's value of something compared, over the window; in the reader's unit. */
export interface Reading {
  system: string;
  measurement: Pick<Measurement, 'id' | 'unit' | 'capacity' | 'remaining'> &
    Partial<Pick<Measurement, 'namespace' | 'metricName'>>;
  value: number;
}

/** A system that differs from its like, and in what. */
export interface Outlier extends Omit<Standing, 'isOutlier'> {
  signal: string;
  unit: Measurement['unit'];
}

/**
 * The mean of a window's values, in the metric's own unit, as one reading; none without a value. A mean,
 * since the loads of a window are alike and its single periods are not.
 */
export function readingOf(system: string, measurement: Measurement, values: readonly number[]): Reading[] {
  if (values.length === 0) return [];
  return [{ system, measurement, value: toReaderUnit(measurement, mean(values)) }];
}

/**
 * Who stands out in what, the farthest first. A system without a value is left out of that comparison, and like is
 * compared with like: Redshift's memory is an estimate, which that of another database is not.
 */
export function compare(readings: readonly Reading[]): Outlier[] {
  const bySignal = Map.groupBy(readings, ({ measurement: { id, namespace = '', metricName = '' } }) =>
    [id, namespace, metricName].join('/'),
  );
  return [...bySignal.values()]
    .flatMap((ofSignal) => {
      const { id: signal } = ofSignal[0]!.measurement;
      const values = new Map(ofSignal.map(({ system, value }) => [system, value]));
      const { unit } = ofSignal[0]!.measurement;
      // Of systems that differ in what they have, the coarsest step counts.
      const step = Math.max(...ofSignal.map(({ measurement }) => stepOf(measurement)));
      return standingsOf(values, unit, step).flatMap(({ isOutlier, ...standing }) =>
        isOutlier ? [{ ...standing, signal, unit }] : [],
      );
    })
    .sort((a, b) => Math.abs(b.score) - Math.abs(a.score));
}
