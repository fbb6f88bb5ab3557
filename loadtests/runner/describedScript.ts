import type { ScriptOptions } from './options.ts';
import type { MetricType } from './points.ts';
import { plannedMs, scheduledStarts } from './schedule.ts';
import type { LoadedScript } from './script.ts';

/** A scenario as the run's record tells of it. */
export interface DescribedScenario {
  name: string;
  /** As k6 names it. */
  executor: string;
  /** Whether its iterations begin when they are due; else each follows the one before: a closed loop. */
  scheduled: boolean | null;
  /** Why nobody knows whether they are, where `scheduled` is null. */
  unknown?: string;
  tags: Readonly<Record<string, string>>;
}

/** What is known of a script before it runs, whichever engine has read it. */
export interface DescribedScript {
  path: string;
  /** Scenarios without those that are not understood. */
  options: Pick<ScriptOptions, 'scenarios' | 'thresholds'>;
  /** Of the built-in metrics and the script's own, as far as they are known. */
  metricTypes: Readonly<Record<string, MetricType>>;
  /** All of them. */
  scenarios: readonly DescribedScenario[];
  /** Test-wide, by its options. */
  tags: Readonly<Record<string, string>>;
  /** How long it goes on at most; null where that is not said. */
  plannedMs: number | null;
}

/** What the embedded engine knows of a script that it has loaded. */
export const describe = ({ path, options, metricTypes }: LoadedScript): DescribedScript => ({
  path,
  options,
  metricTypes,
  scenarios: Object.entries(options.scenarios).map(([name, scenario]) => ({
    name,
    executor: scenario.executor,
    scheduled: scheduledStarts(scenario) !== null,
    tags: scenario.tags,
  })),
  tags: options.tags,
  plannedMs: plannedMs(options.scenarios),
});
