import type { ServiceDefinition } from '../fleet/service.ts';
import type { PublishedDocument } from '../fleet/systemDocument.ts';
import type { Clock } from '../core/clock.ts';
import type { Owner } from '../records/owner.ts';
import type { DrillLoad } from './background.ts';
import type { Drill } from './drills/drill.ts';
import type { DrillClients } from './faults/fault.ts';
import type { DrillScope } from '../records/drillScope.ts';

/** Whoever looks on while a drill watches. */
export interface DrillLive {
  everyMs: number;
  /** Told how things stand; it matters until the next line. */
  say: (line: string) => void;
}

export interface DrillOptions {
  drill: Drill;
  stage: string;
  place: 'local' | 'aws';
  /** What the systems run. */
  service: ServiceDefinition;
  systems: readonly PublishedDocument[];
  /** How many there are beside them, and why these. */
  scope: DrillScope;
  clients: DrillClients;
  /** Period of the stage's metrics and alarms. */
  periodSeconds: number;
  load: DrillLoad;
  /** The drill's own directory: journal, result, and the load's run file below it. */
  directory: string;
  clock: Clock;
  /** First id of the block that is reserved for the drill's messages. */
  firstId: number;
  /** Aborted when the drill shall stop; it still restores before it returns. */
  signal: AbortSignal;
  onProgress: (line: string) => void;
  live: DrillLive;
  /** Whether it waits for alarms that fire, rather than be refused. */
  wait: boolean;
  /** Who runs it, for the journal. */
  owner: Owner;
  /** Whether it affects users: then it is refused without the stage's name once more. */
  production: boolean;
  confirmProd?: string;
}
