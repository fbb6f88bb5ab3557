import type { WatchedStep } from '../expectation.ts';
import type { Fault } from '../faults/fault.ts';
import type { Observable } from '../observers/observer.ts';

/** What a drill's steps follow from. */
export interface DrillTiming {
  /** Period of metrics and alarms. */
  periodSeconds: number;
  /** Of the subscribers' queues, the longest. */
  visibilityTimeoutMs: number;
  /** Whether so many systems are hurt that the fleet's own page is due. */
  hitsFleet: boolean;
  /** Kinds of messages that the service gives up at once: a round of poison has one of each. */
  poisonKinds: number;
}

export type WatchedStepName = 'steady' | 'observe' | 'recover' | 'settle';

export interface DrillStep extends WatchedStep {
  /** What to look at, beside the answers of the load. */
  observe: readonly Observable[];
}

/** A drill is data: what holds before, the faults, what must be seen while they last, and afterwards. */
export interface Drill {
  name: string;
  /** In a few words, after "it". */
  does: string;
  /** What the drill sets out to disprove, in one sentence. */
  hypothesis: string;
  /** Put in place in this order, and undone in the opposite one. */
  faults: readonly Fault[];
  steps: (timing: DrillTiming) => Readonly<Record<WatchedStepName, DrillStep>>;
}
