import type { MetricSignal } from './metricSignal.ts';
import type { Need } from './needs.ts';

export const databaseSignalIds = [
  'databaseCpu',
  'databaseMemory',
  'databaseConnections',
  'databaseDisk',
] as const;

type DatabaseSignalId = (typeof databaseSignalIds)[number];

export type DatabaseSignals = Record<DatabaseSignalId, MetricSignal>;

/** What a system must have for each of them. */
export type DatabaseNeeds = Readonly<Record<DatabaseSignalId, readonly Need[]>>;
