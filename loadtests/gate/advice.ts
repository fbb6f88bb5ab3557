import type { SignalId } from '../../monitoring/signals.ts';
import type { Advice, VerdictRecord } from '../../records/verdict.ts';

/** What a stage gives each of its systems, by the configuration's own names. */
export interface Sizes {
  'database.nodes': number;
  /** Connections that the cluster accepts; they come with the node type. */
  'connections (database.nodeType)': number;
  'api.memoryMiB': number;
  'api.reservedConcurrency': number;
}

const settingOf: Partial<Record<SignalId, keyof Sizes>> = {
  databaseCpu: 'database.nodes',
  databaseMemory: 'database.nodes',
  databaseDisk: 'database.nodes',
  databaseConnections: 'connections (database.nodeType)',
  functionMemory: 'api.memoryMiB',
  functionConcurrency: 'api.reservedConcurrency',
};

/**
 * What to change so that the resources that failed would have kept their reserve: each in proportion to its
 * worst value. At least so much: what is used up hides what more would have been asked for.
 */
export function adviceFor(records: readonly VerdictRecord[], sizes: Sizes): Advice[] {
  const needed = records.flatMap(({ system, signal, verdict, worst, limit }): Advice[] => {
    const setting = settingOf[signal as SignalId];
    if (verdict !== 'fail' || system === null || worst === null || limit === null || !setting) return [];
    const from = sizes[setting];
    return [{ setting, from, to: Math.max(from + 1, Math.ceil((from * worst) / limit)), system, signal }];
  });
  // A stage's systems share their configuration: the most demanding one decides.
  return [...Map.groupBy(needed, ({ setting }) => setting).values()].map(
    (all) => all.toSorted((a, b) => b.to - a.to)[0]!,
  );
}
