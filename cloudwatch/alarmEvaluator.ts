import type { Datapoint } from './metricStore.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

const comparisons = {
  GreaterThanOrEqualToThreshold: {
    breaches: (value: number, threshold: number) => value >= threshold,
    words: 'greater than or equal to',
  },
  GreaterThanThreshold: {
    breaches: (value: number, threshold: number) => value > threshold,
    words: 'greater than',
  },
  LessThanThreshold: {
    breaches: (value: number, threshold: number) => value < threshold,
    words: 'less than',
  },
  LessThanOrEqualToThreshold: {
    breaches: (value: number, threshold: number) => value <= threshold,
    words: 'less than or equal to',
  },
};

export type Comparison = keyof typeof comparisons;

export interface AlarmRule {
  periodSeconds: number;
  /** N: points looked at. */
  evaluationPeriods: number;
  /** M: points of those that must breach. */
  datapointsToAlarm: number;
  threshold: number;
  comparison: Comparison;
  treatMissingData: 'missing' | 'ignore' | 'breaching' | 'notBreaching';
}

export interface Evaluation {
  state: AlarmState;
  /** CloudWatch's sentence. */
  reason: string;
}

/** CloudWatch fetches more points than N, in case the newest are missing; its example for N = 3 has five. */
const extraPeriods = 2;

/** The whole periods that an evaluation at `nowMs` looks at: start inclusive, end exclusive. */
export function evaluationRange(rule: AlarmRule, nowMs: number): { startMs: number; endMs: number } {
  const periodMs = rule.periodSeconds * 1000;
  const endMs = Math.floor(nowMs / periodMs) * periodMs;
  return { startMs: endMs - (rule.evaluationPeriods + extraPeriods) * periodMs, endMs };
}

/**
 * M out of N with missing data, as CloudWatch documents it:
 *
 * - N or more real points in the range: the newest N decide, the treatment of missing data is ignored.
 * - Fewer: all of them count, and the gap up to N is filled as the treatment says.
 *   - breaching, notBreaching: with such points.
 *   - missing: nothing real in the range is INSUFFICIENT_DATA.
 *   - ignore: nothing real, or nothing that could end the alarm, keeps the state.
 * - The early alarm (missing only; ignore keeps its state): every real point breaches and the oldest is
 *   at least M periods old, so that M would breach whatever the missing ones were. The sentence in the
 *   documentation would also alarm on `0 - X - -` for 2 of 3; its table says OK, and the table is followed.
 *
 * @param datapoints of the range, any order; others are left out.
 */
export function evaluate(
  rule: AlarmRule,
  datapoints: readonly Datapoint[],
  nowMs: number,
  previous: AlarmState,
): Evaluation {
  const { startMs, endMs } = evaluationRange(rule, nowMs);
  const real = datapoints
    .filter(({ timestampMs }) => timestampMs >= startMs && timestampMs < endMs)
    .sort((a, b) => a.timestampMs - b.timestampMs);
  const evaluated = real.slice(-rule.evaluationPeriods);
  const breaching = evaluated.filter((point) => breaches(rule, point)).length;
  const gap = rule.evaluationPeriods - evaluated.length;
  const filled = rule.treatMissingData === 'breaching' ? gap : 0;
  const because = (state: AlarmState): Evaluation => ({
    state,
    // Written when it is read: of a hundred evaluations one changes a state.
    get reason() {
      return reasonFor(rule, evaluated, breaching + filled, filled);
    },
  });
  if (breaching + filled >= rule.datapointsToAlarm) return because('ALARM');
  if (gap === 0 || rule.treatMissingData === 'notBreaching' || rule.treatMissingData === 'breaching') {
    return because('OK');
  }
  if (breaching < evaluated.length) return because('OK');
  // From here on, every real point breaches, and they are fewer than M.
  if (rule.treatMissingData === 'ignore') return because(previous);
  const [oldest] = evaluated;
  if (!oldest) return because('INSUFFICIENT_DATA');
  const ageInPeriods = (endMs - oldest.timestampMs) / (rule.periodSeconds * 1000);
  return because(ageInPeriods >= rule.datapointsToAlarm ? 'ALARM' : 'OK');
}

const breaches = (rule: AlarmRule, point: Datapoint): boolean =>
  comparisons[rule.comparison].breaches(point.value, rule.threshold);

function reasonFor(
  rule: AlarmRule,
  evaluated: readonly Datapoint[],
  breaching: number,
  filled: number,
): string {
  const { words } = comparisons[rule.comparison];
  if (evaluated.length === 0) {
    const gap = rule.evaluationPeriods;
    return filled > 0
      ? `Threshold Crossed: no datapoints were received for ${gap} periods and ${gap} missing datapoints were treated as [Breaching].`
      : `no datapoints were received for ${gap} periods; missing data is treated as [${rule.treatMissingData}].`;
  }
  const shown = evaluated
    .toReversed()
    .map(({ value, timestampMs }) => `${value} (${new Date(timestampMs).toISOString()})`)
    .join(', ');
  const missing = filled > 0 ? ` (${filled} of them missing, treated as [Breaching])` : '';
  return (
    `Threshold Crossed: ${breaching} out of the last ${rule.evaluationPeriods} datapoints${missing} ` +
    `[${shown}] were ${words} the threshold (${rule.threshold}); ` +
    `${rule.datapointsToAlarm} such datapoints make the alarm.`
  );
}
