import { compare, readingOf, type Reading } from '../../monitoring/comparison/compare.ts';
import type { SignalReading } from './signalQuestion.ts';
import type { Outlier, VerdictRecord } from '../../records/verdict.ts';

/** What the run itself measured of each system. Not its load: that differs where the peaks do. */
const comparedRecords: readonly string[] = ['latencyP99', 'failedRequests'];

/**
 * Who differs from its like, by the definition that the overview uses. The farthest first.
 * @param records of all systems
 */
export function outliersOf(signals: readonly SignalReading[], records: readonly VerdictRecord[]): Outlier[] {
  const readings: Reading[] = [
    ...signals.flatMap(({ system, metricSignal, values }) =>
      readingOf(system, metricSignal, [...values.values()]),
    ),
    ...records.flatMap(({ system, signal, worst, unit }) =>
      system === null || worst === null || !comparedRecords.includes(signal)
        ? []
        : [{ system, measurement: { id: signal, unit }, value: worst }],
    ),
  ];
  return compare(readings);
}
