import { join } from 'node:path';
import type { SystemDocument } from '../monitoring/systemDocument.ts';
import type { Clock } from '../service/clock.ts';
import type { DrillLoad } from './background.ts';
import { drillFileName, writeDrillFile, type DrillResult } from './drillFile.ts';
import { DrillRun } from './drillRun.ts';
import type { Drill } from './drills/drill.ts';
import { describeError } from './errors.ts';
import type { DrillClients, DrillIdentity } from './faults/fault.ts';
import { refuseUnlessSafe } from './guards.ts';
import { journalFileName, openJournal } from './journal.ts';
import { visibilityTimeoutMs } from './observers/queues.ts';
import { reserveIds } from './publisher.ts';

export interface DrillOptions {
  drill: Drill;
  stage: string;
  place: 'local' | 'aws';
  systems: readonly SystemDocument[];
  clients: DrillClients;
  /** Period of the stage's metrics and alarms. */
  periodSeconds: number;
  load: DrillLoad;
  /** The drill's own directory: journal, result, and the load's run file below it. */
  directory: string;
  clock: Clock;
  /** Values in [0, 1). */
  random: () => number;
  /** Aborted when the drill shall stop; it still restores before it returns. */
  signal: AbortSignal;
  onProgress: (line: string) => void;
  /** The stage's name once more: without it, stage `prod` is refused. */
  confirmProd?: string;
}

/**
 * Runs a drill from its guards to its result, which is written to the directory too. Whatever happens,
 * the fault is undone before it returns, or the result says that it isn't.
 * @throws DrillRefusedError when a guard refuses: nothing was touched.
 * @throws JournalError when the journal cannot be opened: nothing was touched.
 * @throws DrillFileError when the result cannot be written: the fault is undone then.
 */
export async function runDrill(options: DrillOptions): Promise<DrillResult> {
  const { drill, stage, place, systems, clients, directory, clock } = options;
  const now = (): string => new Date(clock.now()).toISOString();
  const identity: DrillIdentity = {
    drillId: `${drill.name}-${now().replaceAll(/[-:]|\.\d+/g, '')}`,
    firstId: reserveIds(options.random),
  };
  const { drillId } = identity;
  await refuseUnlessSafe({ ...options, identity });
  const visibility = await Promise.all(
    systems.map(({ queues }) => visibilityTimeoutMs(clients.sqs, queues.customers.url)),
  );
  const steps = drill.steps({
    periodSeconds: options.periodSeconds,
    visibilityTimeoutMs: Math.max(...visibility),
  });
  const journal = await openJournal(join(directory, journalFileName));
  try {
    await journal.append({
      kind: 'begin',
      schemaVersion: 1,
      at: now(),
      drillId,
      drill: drill.name,
      stage,
      place,
    });
    const result = await new DrillRun(options, steps, identity, journal).run();
    // The fault is undone: a journal without its last line is no reason to lose the result.
    await journal
      .append({ kind: 'end', at: now(), verdict: result.verdict })
      .catch((error: unknown) => options.onProgress(describeError(error)));
    await writeDrillFile(join(directory, drillFileName), result);
    return result;
  } finally {
    await journal.close();
  }
}
