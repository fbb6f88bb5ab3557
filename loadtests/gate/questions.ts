import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import { limits } from '../../monitoring/limits.ts';
import type { Watch } from '../../monitoring/measurement.ts';
import { signalIds, signalsOf, type SignalId } from '../../monitoring/signals.ts';
import { watchesOf, type WatchId } from '../../monitoring/watches.ts';
import type { VerdictRecord } from '../../records/verdict.ts';

/** What is asked of one metric of one system over the hold. */
export interface Question extends Watch {
  unit: VerdictRecord['unit'];
  /** Which of the run's loads uses it. */
  load: 'requests' | 'messages';
  /**
   * What a period without a value means: `gap`, it was not measured; `gapUnderLoad`, the same where the run sent
   * its load, nothing elsewhere; `nothing`, there was none of it, since it is published only where there is.
   */
  silence: 'gap' | 'gapUnderLoad' | 'nothing';
  /**
   * What is compared with the limit: the `level`, or its `growth` since the run began. What lay in a queue before
   * is none of the run's.
   */
  asks: 'level' | 'growth';
  /** Whether a few of many periods may reach the limit. */
  mayExceed: boolean;
}

const usedByMessages: ReadonlySet<string> = new Set(['subscriberMemory', 'subscriberConcurrency']);

/** The watches that are no share of a resource and that a system at its peak must still keep. */
const watched = {
  oldestMessage: { load: 'messages', silence: 'nothing', asks: 'level', mayExceed: true },
  deadLetters: { load: 'messages', silence: 'nothing', asks: 'growth', mayExceed: false },
  undelivered: { load: 'messages', silence: 'nothing', asks: 'growth', mayExceed: false },
  repeatedErrors: { load: 'requests', silence: 'nothing', asks: 'level', mayExceed: false },
  subscriberErrors: { load: 'messages', silence: 'nothing', asks: 'level', mayExceed: false },
} as const satisfies Partial<Record<WatchId, Pick<Question, 'load' | 'silence' | 'asks' | 'mayExceed'>>>;

const silenceOf = ({ id, missingData }: Watch): Question['silence'] => {
  // No profile sends messages yet: a subscriber that nobody called has nothing to publish.
  if (usedByMessages.has(id)) return 'nothing';
  return missingData === 'notBreaching' ? 'gapUnderLoad' : 'gap';
};

/** Everything that is asked of a system, in the order of the verdict: what holds a share of a resource, and the rest. */
export function questionsOf(names: MonitoredSystem, periodSeconds: number): Question[] {
  const signals = signalsOf(names, periodSeconds);
  const watches = watchesOf(names, periodSeconds);
  return [
    ...signalIds.map((id: SignalId): Question => ({
      ...signals[id],
      load: usedByMessages.has(id) ? 'messages' : 'requests',
      silence: silenceOf(signals[id]),
      asks: 'level',
      mayExceed: true,
    })),
    ...(Object.keys(watched) as (keyof typeof watched)[]).map((id): Question => ({
      ...watches[id],
      ...watched[id],
      unit: id === 'oldestMessage' ? 'seconds' : 'count',
      // An alarm waits for what no restart explains; a queue that keeps up at the peak never waits so long.
      ...(id === 'oldestMessage' && { limit: limits.gate.oldestMessageSeconds }),
    })),
  ];
}
