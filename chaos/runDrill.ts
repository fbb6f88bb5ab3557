import { join } from 'node:path';
import { loadService } from '../fleet/service.ts';
import { drillKind, type DrillResult } from '../records/drill.ts';
import { DrillRun } from './drillRun.ts';
import type { DrillOptions } from './drillOptions.ts';
import { describeError } from '../core/describeError.ts';
import type { DrillIdentity } from './identity.ts';
import { limits } from '../monitoring/limits.ts';
import { refuseUnlessSafe, waitForQuiet } from './guards.ts';
import { journalFileName, openJournal } from '../records/journalFile.ts';
import { writeRecord } from '../records/recordFile.ts';
import { longestVisibilityMs } from './observers/queues.ts';
import { stepsOf } from './stepsOf.ts';

/**
 * Runs a drill from its guards to its result, which is written to the directory too. Whatever happens,
 * the fault is undone before it returns, or the result says that it isn't.
 * @throws DrillRefusedError when a guard refuses: nothing was touched.
 * @throws FileWriteError when the journal cannot be opened: nothing was touched.
 * @throws FileWriteError when the result cannot be written: the fault is undone then.
 */
export async function runDrill(options: DrillOptions): Promise<DrillResult> {
  const { drill, stage, place, systems, clients, directory, clock } = options;
  const now = (): string => new Date(clock.now()).toISOString();
  const identity: DrillIdentity = {
    drillId: `${drill.name}-${now().replaceAll(/[-:]|\.\d+/g, '')}`,
    firstId: options.firstId,
    service: await loadService(options.service),
  };
  const { drillId } = identity;
  if (options.wait) {
    const withinMs = limits.drill.quietWithinPeriods * options.periodSeconds * 1_000;
    await waitForQuiet(options, { ...options, withinMs });
  }
  await refuseUnlessSafe({ ...options, identity });
  const steps = stepsOf(options, identity, await longestVisibilityMs(clients.sqs, systems));
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
      owner: options.owner,
    });
    const result = await new DrillRun(options, steps, identity, journal).run();
    // The fault is undone: a journal without its last line is no reason to lose the result.
    await journal
      .append({ kind: 'end', at: now(), verdict: result.verdict })
      .catch((error: unknown) => options.onProgress(describeError(error)));
    await writeRecord(drillKind, join(directory, drillKind.fileName), result);
    return result;
  } finally {
    await journal.close();
  }
}
