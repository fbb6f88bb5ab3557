import type { MetricStore } from '../cloudwatch/metricStore.ts';
import type { Clock } from '../core/clock.ts';
import type { MonitoredSystem } from '../fleet/monitoredSystem.ts';
import type { Alarms } from './aws/cloudwatch/alarms.ts';

/** What a page about a running stage may read of it. */
export interface ObservedStage {
  info: { stage: string; region: string; startedMs: number; periodSeconds: number };
  metrics: MetricStore;
  alarms: Alarms;
  /** Bodies by name. */
  dashboards: ReadonlyMap<string, string>;
  systems: readonly ObservedSystem[];
  /** Runs, and what runs, are found below it. */
  stateDirectory: string;
  clock: Clock;
}

export interface ObservedSystem extends MonitoredSystem {
  expectedRequestsPerSecond: number;
}

/**
 * Opens the page about a stage that stands. `onError` is told of what goes wrong while the page is open; the
 * stage closes it as it stops.
 */
export type ConsoleOpener = (
  stage: ObservedStage,
  onError: (error: unknown) => void,
) => Promise<{ readonly url: string; close(): Promise<void> }>;
