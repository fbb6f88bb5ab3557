import { anyOwnSystem } from '../fleet/names.ts';
import { awsPeriodSeconds } from '../fleet/stageSchema.ts';
import { canaryMetrics, comparisonMetrics, functionMetrics, probeMetrics } from '../service/metrics.ts';
import { comparedOf } from './comparison/compare.ts';
import { limits } from './limits.ts';

const scheduled = { ...probeMetrics, ...canaryMetrics, ...comparisonMetrics };

/** Those of the above that are published once, for the whole fleet. */
const aboutTheFleet: readonly (keyof typeof scheduled)[] = [
  'databasesAnswered',
  'databasesNotAsked',
  'unhealthyHosts',
  'unhealthyShare',
];

const minutesAMonth = 730 * 60;

/** What watching so many systems uses in a month beside what the templates show: what it costs follows. */
export function monthlyAmounts(systems: number) {
  const ofMessages = Object.keys(functionMetrics).filter((name) => name.startsWith('messages')).length;
  const ofBothFunctions = Object.keys(functionMetrics).length - ofMessages;
  const aboutASystem = Object.keys(scheduled).length - aboutTheFleet.length;
  const comparisons = minutesAMonth / limits.outliers.windowPeriods;
  return {
    /** Metrics of our own, those that only failures publish included. */
    customMetrics: systems * (2 * ofBothFunctions + ofMessages + aboutASystem) + aboutTheFleet.length,
    canaryRuns: minutesAMonth,
    probeRuns: minutesAMonth,
    comparisonRuns: comparisons,
    /** Metrics that the comparison asks GetMetricData for. */
    // It has the same length for every system.
    metricsRead: comparisons * systems * comparedOf(anyOwnSystem, awsPeriodSeconds).length,
  };
}
