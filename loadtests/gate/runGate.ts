import type { StageConfig } from '../../fleet/fleet.ts';
import { completeMetrics, type MetricsOptions } from './completeMetrics.ts';
import { heldPeriods, loadedPeriods } from './heldPeriods.ts';
import { judge, missingValues, type JudgeInput, type MetricsRead } from './judge.ts';
import type { SeenMessages } from './storedByIds.ts';
import type { VerdictFile } from '../../records/verdict.ts';

/** The systems are every one of the stage. */
export interface GateOptions extends MetricsOptions {
  /** What each of the systems has. */
  config: StageConfig;
  /** What became of each system's messages, by their ids; left out where nobody asked. */
  messages?: SeenMessages;
}

/**
 * Waits until the metrics of the hold are complete, and judges. What is still missing twice the delay
 * after the hold is judged as missing.
 * @throws MetricsForbiddenError, the client's errors, and the signal's reason when aborted.
 */
export async function runGate(options: GateOptions): Promise<VerdictFile> {
  const { run, systems, config, messages, place, clock } = options;
  const periods = heldPeriods(run.windows.hold, options.periodSeconds);
  const inputWith = (read: MetricsRead): JudgeInput => ({
    run,
    systems,
    config,
    periods,
    ...read,
    ...(messages && { messages }),
    place,
    judgedAtMs: clock.now(),
  });
  const read =
    periods.startsMs.length > 0
      ? await completeMetrics(options, loadedPeriods(run.windows, options.periodSeconds), (found) =>
          missingValues(inputWith(found)),
        )
      : { metrics: new Map<string, never>(), remarks: new Map<string, never>() };
  return judge(inputWith(read));
}
