import { z } from 'zod';
import { ScriptError, UnsupportedError } from '../errors.ts';
import { durationMs } from './duration.ts';
import type { MetricType } from './points.ts';
import { parseMetricName, parseThreshold, type Threshold } from './thresholds.ts';

const duration = z.unknown().transform((value, context) => {
  const ms = durationMs(value);
  if (ms !== undefined) return ms;
  context.addIssue({
    code: 'custom',
    message: `expected a duration such as "1m30s", not ${JSON.stringify(value)}`,
  });
  return z.NEVER;
});
const wholeNumber = z.number().int().nonnegative();
const positiveInt = z.number().int().positive();

const common = {
  startTime: duration.default(0),
  gracefulStop: duration.default(30_000),
  exec: z.string().default('default'),
  tags: z.record(z.string(), z.string()).default({}),
};
const arrival = {
  ...common,
  timeUnit: duration.default(1_000),
  preAllocatedVUs: wholeNumber,
  maxVUs: wholeNumber.optional(),
};
const iterations = {
  ...common,
  vus: positiveInt.default(1),
  iterations: positiveInt.default(1),
  maxDuration: duration.default(600_000),
};

const scenarioSchema = z.discriminatedUnion('executor', [
  z.strictObject({
    executor: z.literal('constant-arrival-rate'),
    ...arrival,
    rate: positiveInt,
    duration,
  }),
  z.strictObject({
    executor: z.literal('ramping-arrival-rate'),
    ...arrival,
    startRate: wholeNumber.default(0),
    stages: z.array(z.strictObject({ duration, target: wholeNumber })).min(1),
  }),
  z.strictObject({ executor: z.literal('shared-iterations'), ...iterations }),
  z.strictObject({ executor: z.literal('per-vu-iterations'), ...iterations }),
]);

const thresholdSchema = z.union([
  z.string().transform((threshold) => ({ threshold, abortOnFail: false, delayAbortEval: 0 })),
  z.strictObject({
    threshold: z.string(),
    abortOnFail: z.boolean().default(false),
    delayAbortEval: duration.default(0),
  }),
]);

const optionsSchema = z.strictObject({
  scenarios: z.record(z.string(), scenarioSchema).refine((scenarios) => Object.keys(scenarios).length > 0, {
    error: 'expected at least one scenario',
  }),
  thresholds: z.record(z.string(), z.array(thresholdSchema)).default({}),
  setupTimeout: duration.default(60_000),
  /** The embedded engine follows none: the script has to say so. */
  maxRedirects: z.literal(0, { error: 'expected 0: the embedded engine follows no redirects' }),
});

/** A scenario with its durations in milliseconds. */
export type ScenarioOptions = z.output<typeof scenarioSchema>;

export interface ScriptOptions {
  scenarios: Readonly<Record<string, ScenarioOptions>>;
  thresholds: readonly Threshold[];
  /** In milliseconds. */
  setupTimeout: number;
}

const executors = scenarioSchema.options.map((option) => option.shape.executor.value) as readonly string[];

/**
 * A script's exported `options`, checked.
 * @throws UnsupportedError naming an option or executor that the embedded engine does not have.
 * @throws ScriptError naming a wrong value.
 * @throws ThresholdError
 */
export function parseOptions(
  script: string,
  exported: unknown,
  metricTypes: Readonly<Record<string, MetricType>>,
): ScriptOptions {
  refuseUnknownExecutors(exported);
  const result = optionsSchema.safeParse(exported ?? {});
  if (!result.success) {
    const issue = result.error.issues[0];
    const path = ['options', ...(issue?.path ?? [])].join('.');
    if (issue?.code === 'unrecognized_keys') {
      throw new UnsupportedError(
        issue.keys.map((key) => `${path}.${key}`).join(', '),
        'leave it out or run with k6',
      );
    }
    throw new ScriptError(script, `${path}: ${issue?.message ?? 'unexpected shape'}`, {
      cause: result.error,
    });
  }
  const thresholds = Object.entries(result.data.thresholds).flatMap(([metric, list]) => {
    const { name } = parseMetricName(metric);
    const type = metricTypes[name];
    if (!type) throw new ScriptError(script, `options.thresholds: no metric is named "${name}"`);
    return list.map(({ threshold, abortOnFail, delayAbortEval }) =>
      parseThreshold(metric, type, threshold, { abortOnFail, delayAbortEvalMs: delayAbortEval }),
    );
  });
  const { scenarios, setupTimeout } = result.data;
  return { scenarios, thresholds, setupTimeout };
}

function refuseUnknownExecutors(exported: unknown): void {
  const { scenarios } = (exported ?? {}) as {
    scenarios?: Record<string, { executor?: unknown } | undefined>;
  };
  for (const [name, scenario] of Object.entries(scenarios ?? {})) {
    if (scenario && !executors.includes(String(scenario.executor))) {
      throw new UnsupportedError(
        `executor "${String(scenario.executor)}" of scenario "${name}"`,
        `use one of ${executors.join(', ')}`,
      );
    }
  }
}
