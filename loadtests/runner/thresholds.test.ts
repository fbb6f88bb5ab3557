import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ThresholdError } from '../errors.ts';
import { durationMs } from './duration.ts';
import { relativeError } from './histogram.ts';
import { builtInMetrics, type MetricType, type Point } from './points.ts';
import { Sinks } from './sinks.ts';
import { holds, parseMetricName, parseThreshold, type Threshold } from './thresholds.ts';

const operators = {
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '==': (a: number, b: number) => a === b,
  '===': (a: number, b: number) => a === b,
  '!=': (a: number, b: number) => a !== b,
};

const point = (metric: string, value: number, tags: Record<string, string> = {}): Point => ({
  metric,
  timeMs: 0,
  value,
  tags,
  metadata: {},
});

function valueOf(
  metric: string,
  type: MetricType,
  expression: string,
  values: readonly number[],
): number | null {
  const threshold = parseThreshold(metric, type, expression);
  const sinks = new Sinks([threshold], { [metric]: type });
  for (const value of values) sinks.add(point(metric, value));
  return sinks.value(threshold, 2_000);
}

test('every operator with every spacing compares as it reads', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(operators) as (keyof typeof operators)[])),
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 0, max: 20 }),
      fc.constantFrom('', ' ', '  '),
      (operator, value, limit, space) => {
        const threshold = parseThreshold('m', 'trend', `avg${space}${operator}${space}${limit}`);
        expect(holds(threshold, value)).toBe(operators[operator](value, limit));
      },
    ),
  );
});

test('percentiles are between minimum and maximum, and grow with their rank', () => {
  const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 100, noNaN: true }), (list, rank) => {
      const at = (expression: string): number => valueOf('m', 'trend', expression, list) as number;
      const p = at(`p(${rank.toFixed(4)})<1`);
      expect(p).toBeGreaterThanOrEqual(at('min<1'));
      expect(p).toBeLessThanOrEqual(at('max<1'));
      expect(at('p(50)<1')).toBe(at('med<1'));
    }),
    { numRuns: 50 },
  );
});

test('values of each kind of metric', () => {
  const p90 = valueOf('m', 'trend', 'p(90)<1', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) ?? NaN;
  expect(Math.abs(p90 - 9.1)).toBeLessThanOrEqual(9.1 * relativeError);
  expect(valueOf('m', 'trend', 'avg<1', [1, 2, 6])).toBe(3);
  expect(valueOf('m', 'rate', 'rate<1', [1, 0, 0, 0])).toBe(0.25);
  expect(valueOf('m', 'counter', 'count>0', [1, 2])).toBe(3);
  expect(valueOf('m', 'counter', 'rate>0', [1, 2])).toBe(1.5);
  expect(valueOf('m', 'gauge', 'value>0', [5, 2])).toBe(2);
});

/** As k6 concludes at the end of a run (metrics/thresholds.go, sink.go): only a rate without samples is passed over. */
test.each<[MetricType, string, boolean]>([
  ['rate', 'rate>0.99', true],
  ['rate', 'rate<0.01', true],
  ['counter', 'count>0', false],
  ['counter', 'count==0', true],
  ['counter', 'rate>0', false],
  ['trend', 'med>1', false],
  ['trend', 'p(95)<500', true],
  ['trend', 'max>0', false],
  ['gauge', 'value>1', false],
  ['gauge', 'value<=0', true],
])('without samples a %s with "%s" holds: %s', (type, expression, expected) => {
  const threshold = parseThreshold('m', type, expression);
  const sinks = new Sinks([threshold], { m: type });
  expect(holds(threshold, sinks.value(threshold, 1_000))).toBe(expected);
});

test('a submetric sees only the samples that carry its tags', () => {
  const threshold: Threshold = parseThreshold('http_reqs{system:a, name:x}', 'counter', 'count>0');
  const sinks = new Sinks([threshold], builtInMetrics);
  sinks.add(point('http_reqs', 1, { system: 'a', name: 'x' }));
  sinks.add(point('http_reqs', 1, { system: 'a', name: 'y' }));
  sinks.add(point('http_reqs', 1, { system: 'b', name: 'x' }));
  sinks.add(point('checks', 1, { system: 'a', name: 'x' }));
  expect(sinks.value(threshold, 1_000)).toBe(1);
  expect(parseMetricName('m{"a":"b c",d:e:f}')).toEqual({ name: 'm', tags: { a: 'b c', d: 'e:f' } });
});

test.each([
  ['rate', 'p(95)<1'],
  ['trend', 'rate<1'],
  ['counter', 'avg<1'],
  ['trend', 'p(101)<1'],
  ['trend', 'p95<1'],
  ['trend', 'avg<'],
  ['trend', 'avg=1'],
  ['trend', 'avg<1ms'],
] as const)('%s: "%s" is refused, naming it', (type, expression) => {
  expect(() => parseThreshold('m', type, expression)).toThrow(ThresholdError);
  expect(() => parseThreshold('m', type, expression)).toThrow(expression);
});

test("durations in Go's notation", () => {
  expect(['1m30s', '1.5s', '200ms', 250, '1h', '0s'].map(durationMs)).toEqual([
    90_000, 1_500, 200, 250, 3_600_000, 0,
  ]);
  expect(['1 m', 'x', '', '5d', -1, null].map(durationMs)).toEqual(Array(6).fill(undefined));
});
