import type { LoadOptions } from './load.ts';
import type { Totals } from './recorder.ts';

/** What an instance is told at first; the rest of its options it has itself. */
export type InstanceOptions = Pick<
  LoadOptions,
  | 'profile'
  | 'script'
  | 'stage'
  | 'place'
  | 'service'
  | 'systems'
  | 'engine'
  | 'rampSeconds'
  | 'holdSeconds'
  | 'rateScale'
  | 'periodSeconds'
  | 'runDirectory'
  | 'configurationHash'
  | 'commit'
  | 'credentials'
  | 'callerHeaders'
  | 'snsUrl'
  | 'firstMessageId'
>;

/** To an instance: what to prepare, when to start (milliseconds since the epoch), and why to end. */
export type ToInstance =
  | { kind: 'prepare'; options: InstanceOptions; segment: string; sequence: string }
  | { kind: 'start'; atMs: number }
  | { kind: 'stop' | 'enough'; reason: string };

/** From an instance; its part stands in its folder once it has ended. */
export type FromInstance =
  | { kind: 'ready' | 'ended' }
  | { kind: 'totals'; totals: Totals }
  | { kind: 'line' | 'failed'; text: string };
