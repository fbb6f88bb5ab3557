import type { Measurement, MonitoredSystem } from '../measurement.ts';
import { measurementsOf } from '../measurements.ts';
import { signalsOf } from '../signals.ts';
import { standingsOf, type Standing } from '../standingOut.ts';

/** What is compared: the signals, and the load that should explain them. */
export const comparedOf = (names: MonitoredSystem, periodSeconds: number): Measurement[] => {
  const { requests, durationP99, selectsPerSecond, queueWait } = measurementsOf(names, periodSeconds);
  return [
    ...Object.values(signalsOf(names, periodSeconds)),
    requests,
    durationP99,
    selectsPerSecond,
    queueWait,
  ];
};

/** A system's value of something compared, over the window; in the reader's unit. */
export interface Reading {
  system: string;
  measurement: Measurement;
  value: number;
}

/** A system that differs from its like, and in what. */
export interface Outlier extends Standing {
  signal: string;
}

/** Who stands out in what, the farthest first. A system without a value is left out of that comparison. */
export function compare(readings: readonly Reading[]): Outlier[] {
  const bySignal = Map.groupBy(readings, ({ measurement }) => measurement.id);
  return [...bySignal]
    .flatMap(([signal, ofSignal]) => {
      const values = new Map(ofSignal.map(({ system, value }) => [system, value]));
      return standingsOf(values, ofSignal[0]!.measurement.unit).map((standing) => ({ ...standing, signal }));
    })
    .filter(({ standsOut }) => standsOut)
    .sort((a, b) => Math.abs(b.score) - Math.abs(a.score));
}
