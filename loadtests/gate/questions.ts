import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import { limits } from '../../monitoring/limits.ts';
import type { Watch } from '../../monitoring/measurement.ts';
import type { MetricSignal } from '../../monitoring/metricSignal.ts';
import { lackedBy, type Need } from '../../monitoring/needs.ts';
import { functionMetrics, metricNamespace } from '../../service/metrics.ts';
import { signalIds, signalsOf, type SignalId } from '../../monitoring/signals.ts';
import { watchesOf, type WatchId } from '../../monitoring/watches.ts';
import type { VerdictRecord } from '../../records/verdict.ts';

/** What is asked of one metric of one system over the hold. */
export interface Question extends Watch, Pick<MetricSignal, 'isEstimate'> {
  unit: VerdictRecord['unit'];
  /** Which of the run's loads uses it. */
  load: 'requests' | 'messages';
  /**
   * What a period without a value means: `gap`, it was not measured; `gapUnderLoad`, the same where the run sent
   * its load, nothing elsewhere; `nothing`, there was none of it, since it is published only where there is: where the
   * run sent its load only if `heardBy` tells.
   */
  silence: 'gap' | 'gapUnderLoad' | 'nothing';
  /**
   * What tells a zero from what nobody measured: a value of the signal with this id in the same period, or the `ids` of
   * the run's messages, each of which is stored.
   */
  heardBy?: SignalId | 'ids';
  /**
   * What is compared with the limit: the `level`, or its `growth` since the run began. What lay in a queue before
   * is none of the run's.
   */
  asks: 'level' | 'growth';
  /** Whether a few of many periods may reach the limit. */
  mayExceed: boolean;
}

/** The watches that are no share of a resource and that a system at its peak must still keep. */
const watched = {
  // SQS publishes an age only while a message waits: none where the subscriber took what there was.
  oldestMessage: {
    load: 'messages',
    silence: 'nothing',
    asks: 'level',
    mayExceed: true,
    heardBy: 'subscriberMemory',
  },
  // Of a queue that nobody used for six hours SQS publishes nothing, and it may take a quarter of an hour to begin again.
  deadLetters: { load: 'messages', silence: 'nothing', asks: 'growth', mayExceed: false, heardBy: 'ids' },
  undelivered: { load: 'messages', silence: 'nothing', asks: 'growth', mayExceed: false, heardBy: 'ids' },
  // Published in the same line as the memory, where an error came back.
  repeatedErrors: {
    load: 'requests',
    silence: 'nothing',
    asks: 'level',
    mayExceed: false,
    heardBy: 'functionMemory',
  },
  subscriberErrors: {
    load: 'messages',
    silence: 'nothing',
    asks: 'level',
    mayExceed: false,
    heardBy: 'subscriberMemory',
  },
} as const satisfies Partial<
  Record<WatchId, Pick<Question, 'load' | 'silence' | 'asks' | 'mayExceed' | 'heardBy'>>
>;

export const watchedIds = Object.keys(watched) as (keyof typeof watched)[];

/** The signals and watches that messages alone use. */
export const usedByMessages: ReadonlySet<string> = new Set([
  'subscriberMemory',
  'subscriberConcurrency',
  ...watchedIds.filter((id) => watched[id].load === 'messages'),
]);

/** Everything that can be asked of a system, in the order of the verdict: what holds a share of a resource, and the rest. */
export function questionsOf(names: MonitoredSystem, periodSeconds: number): Question[] {
  const signals = signalsOf(names, periodSeconds);
  const watches = watchesOf(names, periodSeconds);
  return [
    ...signalIds.flatMap((id: SignalId): Question[] => {
      const signal = signals[id];
      return signal
        ? [
            {
              ...signal,
              load: usedByMessages.has(id) ? 'messages' : 'requests',
              silence: signal.missingData === 'notBreaching' ? 'gapUnderLoad' : 'gap',
              asks: 'level',
              mayExceed: true,
            },
          ]
        : [];
    }),
    ...watchedIds.flatMap((id): Question[] => {
      const watch = watches[id];
      return watch
        ? [
            {
              ...watch,
              ...watched[id],
              unit: id === 'oldestMessage' ? 'seconds' : 'count',
              // An alarm waits for what no restart explains; a queue that keeps up at the peak never waits so long.
              ...(id === 'oldestMessage' && { limit: limits.gate.oldestMessageSeconds }),
            },
          ]
        : [];
    }),
    ...(lackedBy(names, storedNeeds).length === 0 ? [unstoredQuestion(names, periodSeconds)] : []),
  ];
}

/** What it takes to count what was stored. */
const storedNeeds: readonly Need[] = ['publishesOwnMetrics'];

/** Which of the questions is asked of counts that `unstored.ts` makes a share of. */
export const unstoredId = 'unstored';

/** Whether what is published is stored: its metric counts, and what is compared is the share that is missing. */
const unstoredQuestion = ({ systemDimension }: MonitoredSystem, periodSeconds: number): Question => ({
  id: unstoredId,
  title: 'Messages published and not stored',
  namespace: metricNamespace,
  metricName: functionMetrics.messagesApplied.name,
  dimensions: { System: systemDimension, Function: 'subscriber' },
  statistic: 'Sum',
  periodSeconds,
  unit: 'percent',
  limit: limits.gate.unstored.percent,
  limitSource: 'A batch that is tried again may be away; a write path that is dead leaves all of it.',
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  missingData: 'missing',
  missingDataReason: 'The subscriber publishes it with each batch that it has stored.',
  load: 'messages',
  silence: 'gapUnderLoad',
  asks: 'level',
  mayExceed: true,
});
