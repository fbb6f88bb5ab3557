import type { Clock } from '../../core/clock.ts';
import type { Observations } from '../observations.ts';
import type { DrillClients } from '../faults/fault.ts';
import type { DrillIdentity } from '../identity.ts';
import type { DrillScope } from '../../records/drillScope.ts';
import type { Publisher } from '../publisher.ts';

/** What a watched step may look at. */
export type Observable =
  | 'alarms'
  | 'queues'
  | 'sessions'
  | 'database'
  | 'messages'
  | 'deadLetters'
  | 'poison'
  | 'poisonLeft';

/** What it takes to look at a stage. */
export interface LookContext {
  stage: string;
  observations: readonly Observations[];
  scope: DrillScope;
  clients: DrillClients;
  clock: Clock;
}

/** The same with what the drill itself sends. */
export interface ObserverContext extends DrillIdentity, LookContext {
  publisher: Publisher;
}

/** Looks once at every system and adds what it saw to the observations. */
export type Observer = (signal: AbortSignal) => Promise<void>;
