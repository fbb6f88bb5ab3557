import { ThresholdError } from '../errors.ts';
import type { MetricType } from './points.ts';

/**
 * Threshold expressions, in k6's grammar:
 *
 *   assertion   -> method whitespace* operator whitespace* float
 *   method      -> "count" | "rate" | "value" | "avg" | "min" | "max" | "med" | "p(" float ")"
 *   operator    -> ">" | ">=" | "<=" | "<" | "==" | "===" | "!="
 *   float       -> digit+ ("." digit+)?
 *
 * on a metric, or a submetric of one: `name` or `name{tag:value,…}`.
 */
export interface Threshold {
  /** As written: `http_req_duration{system:a}`. */
  metric: string;
  type: MetricType;
  /** As written: `p(99)<1000`. */
  expression: string;
  method: 'count' | 'rate' | 'value' | 'avg' | 'min' | 'max' | 'med' | { percentile: number };
  operator: '>' | '>=' | '<=' | '<' | '==' | '===' | '!=';
  limit: number;
  /** Stops the run when it fails, once the run is older than `delayAbortEvalMs`. */
  abortOnFail: boolean;
  delayAbortEvalMs: number;
}

const methodsByType: Record<MetricType, readonly string[]> = {
  counter: ['count', 'rate'],
  gauge: ['value'],
  rate: ['rate'],
  trend: ['avg', 'min', 'max', 'med', 'p(N)'],
};

/** @throws ThresholdError when the expression is not of the grammar, or its method not of the metric's type. */
export function parseThreshold(
  metric: string,
  type: MetricType,
  expression: string,
  abort: { abortOnFail: boolean; delayAbortEvalMs: number } = { abortOnFail: false, delayAbortEvalMs: 0 },
): Threshold {
  const match =
    /^\s*(count|rate|value|avg|min|max|med|p\((\d+(?:\.\d+)?)\))\s*(>=|<=|===|==|!=|>|<)\s*(\d+(?:\.\d+)?)\s*$/.exec(
      expression,
    );
  if (!match) {
    throw new ThresholdError(
      metric,
      expression,
      'expected a method, an operator and a number, as in p(99)<500',
    );
  }
  const [, method, percent, operator, limit] = match as unknown as [
    string,
    string,
    string?,
    string?,
    string?,
  ];
  const known = methodsByType[type];
  if (!known.includes(percent === undefined ? method : 'p(N)')) {
    throw new ThresholdError(metric, expression, `a ${type} has ${known.join(', ')}`);
  }
  if (Number(percent) > 100)
    throw new ThresholdError(metric, expression, 'expected a percentile from 0 to 100');
  return {
    metric,
    type,
    expression,
    method: percent === undefined ? (method as 'count') : { percentile: Number(percent) },
    operator: operator as Threshold['operator'],
    limit: Number(limit),
    ...abort,
  };
}

/**
 * Whether a value satisfies the threshold. Without a sample it is k6's rule (metrics/thresholds.go and sink.go): a
 * rate satisfies every threshold, which is its trap, and everything else counts as 0.
 */
export function holds({ operator, limit, type }: Threshold, measured: number | null): boolean {
  if (measured === null && type === 'rate') return true;
  const value = measured ?? 0;
  switch (operator) {
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '<=':
      return value <= limit;
    case '<':
      return value < limit;
    case '==':
    case '===':
      return value === limit;
    case '!=':
      return value !== limit;
  }
}

/** `name{tag:value,…}` → the metric's name, and the tags a sample must have. @throws ThresholdError otherwise. */
export function parseMetricName(text: string): { name: string; tags: Record<string, string> } {
  const match = /^([a-zA-Z_][a-zA-Z0-9_]{0,127})(?:\{([^{}]*)\})?$/.exec(text.trim());
  if (!match) throw new ThresholdError(text, '', 'expected a metric, or metric{tag:value,…}');
  const tags: Record<string, string> = {};
  for (const part of (match[2] ?? '').split(',').filter((piece) => piece.trim() !== '')) {
    const colon = part.indexOf(':');
    if (colon <= 0) throw new ThresholdError(text, '', `expected tag:value instead of "${part}"`);
    tags[unquote(part.slice(0, colon))] = unquote(part.slice(colon + 1));
  }
  return { name: match[1] as string, tags };
}

const unquote = (text: string): string => text.trim().replaceAll(/^["']|["']$/g, '');
