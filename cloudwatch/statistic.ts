import { invalidParameterValue } from './errors.ts';
import type { Bucket } from './bucket.ts';

const simpleStatistics = ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount'] as const;

export type SimpleStatistic = (typeof simpleStatistics)[number];
/** A simple statistic, or a percentile such as `p99` or `p99.9`. */
export type Statistic = SimpleStatistic | `p${number}`;

const percentilePattern = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/;

export const isSimpleStatistic = (text: string): text is SimpleStatistic =>
  (simpleStatistics as readonly string[]).includes(text);

/** @throws InvalidParameterValueError for a statistic that this stage does not compute (trimmed means, ranks and so on). */
export function parseStatistic(text: string): Statistic {
  if (isSimpleStatistic(text) || percentilePattern.test(text)) return text as Statistic;
  throw invalidParameterValue(
    `Stat "${text}" is not supported on this stage; expected ${simpleStatistics.join(', ')} or a percentile such as p99`,
  );
}

/** A bucket's statistic; undefined when there is none to tell. */
export function statisticOf(bucket: Bucket, statistic: Statistic): number | undefined {
  switch (statistic) {
    case 'SampleCount':
      return bucket.count;
    case 'Sum':
      return bucket.sum;
    case 'Average':
      return bucket.count > 0 ? bucket.sum / bucket.count : undefined;
    case 'Minimum':
      return bucket.count > 0 ? bucket.minimum : undefined;
    case 'Maximum':
      return bucket.count > 0 ? bucket.maximum : undefined;
    default:
      return bucket.percentile(Number(statistic.slice(1)));
  }
}
