import { z } from 'zod';
import { ScriptError, UnsupportedError } from '../errors.ts';
import { durationMs } from './duration.ts';
import { defaultHttpOptions, type ConnectionOptions, type HttpOptions } from './httpOptions.ts';
import type { MetricType } from './points.ts';
import { withScenarios } from './shortcuts.ts';
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
const tags = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));

const common = {
  startTime: duration.default(0),
  gracefulStop: duration.default(30_000),
  exec: z.string().default('default'),
  env: tags.optional(),
  tags: tags.default({}),
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
const stages = z.array(z.strictObject({ duration, target: wholeNumber })).min(1);

export const scenarioSchema = z.discriminatedUnion('executor', [
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
    stages,
  }),
  z.strictObject({ executor: z.literal('constant-vus'), ...common, vus: positiveInt.default(1), duration }),
  z.strictObject({
    executor: z.literal('ramping-vus'),
    ...common,
    startVUs: wholeNumber.default(1),
    stages,
    gracefulRampDown: duration.default(30_000),
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

const { maxRedirects, batch, batchPerHost } = defaultHttpOptions;

const optionsSchema = z.strictObject({
  scenarios: z.record(z.string(), scenarioSchema).refine((scenarios) => Object.keys(scenarios).length > 0, {
    error: 'expected at least one scenario',
  }),
  thresholds: z.record(z.string(), z.array(thresholdSchema)).default({}),
  tags: tags.default({}),
  setupTimeout: duration.default(60_000),
  teardownTimeout: duration.default(60_000),
  handleSummaryTimeout: duration.default(120_000),
  minIterationDuration: duration.default(0),
  maxRedirects: wholeNumber.default(maxRedirects),
  userAgent: z.string().optional(),
  discardResponseBodies: z.boolean().default(false),
  throw: z.boolean().default(false),
  batch: wholeNumber.default(batch),
  batchPerHost: wholeNumber.default(batchPerHost),
  noCookiesReset: z.boolean().default(false),
  noConnectionReuse: z.boolean().default(false),
  noVUConnectionReuse: z.boolean().default(false),
  insecureSkipTLSVerify: z.boolean().default(false),
  summaryTrendStats: z
    .array(z.string().regex(/^(avg|min|med|max|count|p\(\d+(\.\d+)?\))$/))
    .default(['avg', 'min', 'med', 'max', 'p(90)', 'p(95)']),
  summaryTimeUnit: z.enum(['s', 'ms', 'us', '']).default(''),
  // They say nothing of how a script runs here: reports to k6's makers, and settings of their cloud.
  noUsageReport: z.boolean().optional(),
  cloud: z.unknown().optional(),
});

/** A scenario with its durations in milliseconds. */
export type ScenarioOptions = z.output<typeof scenarioSchema>;

export interface ScriptOptions {
  scenarios: Readonly<Record<string, ScenarioOptions>>;
  thresholds: readonly Threshold[];
  /** Of all that the script measures. */
  tags: Readonly<Record<string, string>>;
  /** In milliseconds, as all below. */
  setupTimeout: number;
  teardownTimeout: number;
  handleSummaryTimeout: number;
  minIterationDuration: number;
  http: HttpOptions;
  connections: ConnectionOptions;
  /** What `handleSummary` is told of durations. */
  summary: { trendStats: readonly string[]; timeUnit: string };
  /** As the script has them, its shortcuts as a scenario: what `exec.test.options` shows. */
  asWritten: Readonly<Record<string, unknown>>;
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
  const asWritten = withScenarios(script, definedIn(script, exported));
  refuseUnknownExecutors(asWritten);
  const result = optionsSchema.safeParse(asWritten);
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
      exitCode: 104,
    });
  }
  const { data } = result;
  refuseFewerThanAtFirst(script, data.scenarios);
  const thresholds = Object.entries(data.thresholds).flatMap(([metric, list]) => {
    const { name } = parseMetricName(metric);
    const type = metricTypes[name];
    if (!type)
      throw new ScriptError(script, `options.thresholds: no metric is named "${name}"`, { exitCode: 104 });
    return list.map(({ threshold, abortOnFail, delayAbortEval }) =>
      parseThreshold(metric, type, threshold, { abortOnFail, delayAbortEvalMs: delayAbortEval }),
    );
  });
  return {
    scenarios: data.scenarios,
    thresholds,
    tags: data.tags,
    setupTimeout: data.setupTimeout,
    teardownTimeout: data.teardownTimeout,
    handleSummaryTimeout: data.handleSummaryTimeout,
    minIterationDuration: data.minIterationDuration,
    http: {
      maxRedirects: data.maxRedirects,
      userAgent: data.userAgent ?? null,
      discardsBodies: data.discardResponseBodies,
      throws: data.throw,
      batch: data.batch,
      batchPerHost: data.batchPerHost,
      keepsCookies: data.noCookiesReset,
    },
    connections: {
      reusesNone: data.noConnectionReuse,
      reusesWithinIteration: data.noVUConnectionReuse,
      insecure: data.insecureSkipTLSVerify,
    },
    summary: { trendStats: data.summaryTrendStats, timeUnit: data.summaryTimeUnit },
    asWritten,
  };
}

/** Of another realm, and what is undefined or null left out: k6 takes it for not said. */
function definedIn(script: string, exported: unknown): Record<string, unknown> {
  const kind = Array.isArray(exported) ? 'array' : typeof (exported ?? {});
  if (kind !== 'object')
    throw new ScriptError(script, `options: expected an object, not one of type ${kind}`, { exitCode: 104 });
  const entries = Object.entries((exported ?? {}) as Record<string, unknown>);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));
}

function refuseFewerThanAtFirst(script: string, scenarios: ScriptOptions['scenarios']): void {
  for (const [name, scenario] of Object.entries(scenarios)) {
    if (!('preAllocatedVUs' in scenario)) continue;
    const { preAllocatedVUs, maxVUs = preAllocatedVUs } = scenario;
    if (maxVUs >= preAllocatedVUs) continue;
    const expected = `expected at least the ${preAllocatedVUs} of preAllocatedVUs, not ${maxVUs}`;
    throw new ScriptError(script, `options.scenarios.${name}.maxVUs: ${expected}`, { exitCode: 104 });
  }
}

function refuseUnknownExecutors({ scenarios }: Readonly<Record<string, unknown>>): void {
  for (const [name, scenario] of Object.entries(
    scenarios as Record<string, { executor?: unknown } | undefined>,
  )) {
    if (scenario && !executors.includes(String(scenario.executor))) {
      throw new UnsupportedError(
        `executor "${String(scenario.executor)}" of scenario "${name}"`,
        `use one of ${executors.join(', ')}`,
      );
    }
  }
}
