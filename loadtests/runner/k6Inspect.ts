import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { K6Error, ScriptError } from '../errors.ts';
import { durationMs } from './duration.ts';
import type { DescribedScript } from './describedScript.ts';
import type { K6 } from './k6Launcher.ts';
import { scenarioSchema, type ScenarioOptions } from './options.ts';
import { builtInMetrics, type MetricType } from './points.ts';
import { plannedMs, scheduledStarts } from './schedule.ts';
import { parseMetricName, parseThreshold, type Threshold } from './thresholds.ts';

const duration = z
  .string()
  .transform((text) => durationMs(text) ?? 0)
  .nullish();
const tags = z.record(z.string(), z.string()).nullish();

/** What k6 says of a scenario, as far as it is needed whatever executor it has. */
const inspectedScenario = z.looseObject({ executor: z.string(), tags });

const inspectedThreshold = z.union([
  z.string().transform((threshold) => ({ threshold, abortOnFail: false, delayAbortEval: 0 })),
  z.looseObject({
    threshold: z.string(),
    abortOnFail: z
      .boolean()
      .nullish()
      .transform((value) => value ?? false),
    delayAbortEval: duration.transform((value) => value ?? 0),
  }),
]);

const inspected = z.looseObject({
  scenarios: z.record(z.string(), inspectedScenario).nullish(),
  thresholds: z.record(z.string(), z.array(inspectedThreshold)).nullish(),
  tags,
  /** From its start until no iteration is left that gets its graceful stop. */
  totalDuration: duration,
});

/**
 * What k6 itself says of a script: scenarios that it derives from options however they are written, thresholds, tags. The
 * embedded engine's parser has no part in it.
 * @param env variables for the script, besides this process's own
 * @throws ScriptError with k6's own words when it cannot load the script
 * @throws K6Error when what it says is not what k6 says
 */
export async function inspectScript(
  k6: K6,
  path: string,
  env: Readonly<Record<string, string>>,
): Promise<DescribedScript> {
  let stdout: string;
  try {
    const args = ['inspect', '--execution-requirements', '--include-system-env-vars', path];
    ({ stdout } = await promisify(execFile)(k6.path, args, {
      env: { ...process.env, ...env },
      maxBuffer: 64 * 1_048_576,
    }));
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    throw new ScriptError(path, `k6 cannot load it: ${stderr.trim() || message}`, { cause: error });
  }
  let said: z.output<typeof inspected>;
  try {
    said = inspected.parse(JSON.parse(stdout));
  } catch (error) {
    throw new K6Error(
      `${k6.version} inspect says something else than options: ${stdout.slice(0, 200)}`,
      null,
      {
        cause: error,
      },
    );
  }
  const all = Object.entries(said.scenarios ?? {}).map(([name, scenario]) => ({
    name,
    scenario,
    read: readScenario(scenario),
  }));
  const scenarios: Record<string, ScenarioOptions> = {};
  for (const { name, read } of all) if (typeof read !== 'string') scenarios[name] = read;
  return {
    path,
    options: { scenarios, thresholds: thresholdsOf(said.thresholds ?? {}) },
    // Of its own metrics k6 tells the types as it writes their first values.
    metricTypes: { ...builtInMetrics },
    scenarios: all.map(({ name, scenario: { executor, tags: ofScenario }, read }) => ({
      name,
      executor,
      ...(typeof read === 'string'
        ? { scheduled: null, unknown: read }
        : { scheduled: scheduledStarts(read) !== null }),
      tags: ofScenario ?? {},
    })),
    tags: said.tags ?? {},
    plannedMs: plannedOf(scenarios, all.length) ?? said.totalDuration ?? null,
  };
}

/** Without the graceful stop that k6 adds; null where iterations decide, or a scenario is none that is known. */
const plannedOf = (scenarios: Readonly<Record<string, ScenarioOptions>>, count: number): number | null =>
  count > 0 && Object.keys(scenarios).length === count ? plannedMs(scenarios) : null;

/**
 * A scenario as the run's start, and how late its iterations began, are told by it. What k6 says beyond that is left out,
 * and so are its nulls for what is not set.
 * @returns for one that is not understood, why
 */
function readScenario(scenario: z.output<typeof inspectedScenario>): ScenarioOptions | string {
  const option = scenarioSchema.options.find(({ shape }) => shape.executor.value === scenario.executor);
  if (!option) return `nothing is known of its executor "${scenario.executor}"`;
  const fields = Object.entries(scenario).filter(
    ([field, value]) => field in option.shape && value !== null && value !== undefined,
  );
  const { data, error } = scenarioSchema.safeParse(Object.fromEntries(fields));
  if (data) return data;
  const [issue] = error.issues;
  return `its option ${issue?.path.join('.') ?? ''} is not understood: ${issue?.message ?? ''}`;
}

function thresholdsOf(
  byMetric: Readonly<Record<string, readonly z.output<typeof inspectedThreshold>[]>>,
): Threshold[] {
  return Object.entries(byMetric).flatMap(([metric, list]) => {
    const type =
      builtInMetrics[parseMetricName(metric).name] ?? typeAsked(list.map(({ threshold }) => threshold));
    return list.map(({ threshold, abortOnFail, delayAbortEval }) =>
      parseThreshold(metric, type, threshold, { abortOnFail, delayAbortEvalMs: delayAbortEval }),
    );
  });
}

/**
 * The type of a metric by what is asked of it, until its first value tells: a `rate` alone is asked of counters too, but
 * mostly of rates.
 */
function typeAsked(expressions: readonly string[]): MetricType {
  const asked = expressions.join(' ');
  if (/\b(avg|min|max|med)\b|\bp\(/.test(asked)) return 'trend';
  if (/\bcount\b/.test(asked)) return 'counter';
  return /\bvalue\b/.test(asked) ? 'gauge' : 'rate';
}
