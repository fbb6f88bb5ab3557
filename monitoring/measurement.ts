export type Statistic = 'Average' | 'Sum' | 'Minimum' | 'Maximum' | 'SampleCount' | 'p50' | 'p95' | 'p99';

/** What is measured. */
export interface Measurement {
  /** Stable name, used in verdicts and file names. */
  id: string;
  title: string;
  namespace: string;
  metricName: string;
  /** Exact dimension set: CloudWatch aggregates nothing by itself. */
  dimensions: Readonly<Record<string, string>>;
  statistic: Statistic;
  periodSeconds: number;
  /** What a reader sees: utilisation is percent, 0–100, everywhere. */
  unit: 'percent' | 'count' | 'perSecond' | 'milliseconds' | 'seconds' | 'score';
  /** The metric's own value that stands for 100 %, where the metric itself is not a percentage. */
  capacity?: number;
  /** Whether the metric says what is left of the capacity, and not what is used of it: it falls as that fills up. */
  remaining?: true;
  /** A rate a second that stands for 100 % of this one, which counts; it changes with time, and is a metric too. */
  capacityRate?: Measurement;
  /**
   * Metric math over the metric itself, `it`, and others by their ids, in the metric's own unit. Left out: the
   * metric as it is.
   */
  math?: { expression: string; others?: Readonly<Record<string, Measurement>> };
}

/** How much of it, and how often, is an alarm. */
export interface Threshold {
  /** In the reader's unit. */
  limit: number;
  /** N: periods looked at. */
  evaluationPeriods: number;
  /** M: those of them at the limit or beyond it. */
  datapointsToAlarm: number;
}

/** A measurement that somebody is told of. */
export interface Watch extends Measurement, Threshold {
  /** Where the limit comes from, in one sentence. */
  limitSource: string;
  /** How a value breaches the limit: `atLeast` when left out. */
  comparison?: 'atLeast' | 'below';
  /** A second, worse threshold, with an alarm of its own. */
  critical?: Threshold;
  /** What a missing period means, as CloudWatch's TreatMissingData. */
  missingData: 'missing' | 'ignore' | 'breaching' | 'notBreaching';
  /** Why missing data is treated so. */
  missingDataReason: string;
}
