import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExpression } from './mathExpression.ts';
import { SeriesList, type MathValue, type TimeSeries } from './mathValue.ts';
import { evaluateExpression } from './metricMath.ts';

const evaluate = (
  text: string,
  values: Record<string, MathValue>,
  times: readonly number[] = [],
): MathValue =>
  evaluateExpression(parseExpression(text), {
    valueOf: (id) => values[id] ?? 0,
    metrics: (part) => {
      const ids = Object.keys(values).filter((id) => id.includes(part));
      return new SeriesList(
        ids.map((id) => values[id] as TimeSeries),
        ids,
      );
    },
    periodSecondsOf: (id) => (id in values ? 60 : undefined),
    times: () => times,
  });

/** A point a second; `-` is a gap, as in CloudWatch's documentation. */
const sparse = (picture: string): TimeSeries =>
  picture
    .split(' ')
    .flatMap((symbol, index) =>
      symbol === '-' ? [] : [{ timestampMs: index * 1_000, value: Number(symbol) }],
    );

const series = (...values: number[]) => values.map((value, index) => ({ timestampMs: index * 1000, value }));

describe('metric math', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['8 / 4 / 2', 1],
    ['2 - 3 - 4', -5],
    ['-2 * -(3 + 1)', 8],
    ['1.5e1', 15],
  ])('%s is %d', (text, expected) => {
    expect(evaluate(text, {})).toBe(expected);
  });

  it('is the arithmetic of JavaScript for any expression', () => {
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { maxDepth: 5 },
        fc.integer({ min: 0, max: 99 }).map(String),
        fc
          .tuple(tie('expression'), fc.constantFrom('+', '-', '*', '/'), tie('expression'))
          .map(([left, operator, right]) => `${left} ${operator} ${right}`),
        tie('expression').map((inner) => `(${inner})`),
        tie('expression').map((inner) => `-(${inner})`),
      ),
    }));
    fc.assert(
      fc.property(expression, (text) => {
        const expected: unknown = runInNewContext(`0 + (${text})`);
        // 0 + …: JavaScript knows a negative zero, metrics don't need one.
        expect(0 + (evaluate(text, {}) as number)).toEqual(expected);
      }),
    );
  });

  it.each([
    ['a + b', '1 2 -', '10 - 30', '11 2 30'],
    ['a - b', '1 2 -', '10 - 30', '-9 2 -30'],
    ['100 * a / b', '1 2 3', '10 - 30', '10 - 10'],
    ['a / b', '- 2 3', '10 20 30', '0 0.1 0.1'],
    ['a < b', '30 20 0 0', '20 - 20 -', '0 0 1 0'],
    ['a >= 30', '30 20 0 0', '-', '1 0 0 0'],
    ['a > 15 AND b > 15', '30 20 0 0', '20 - 20 -', '1 0 0 0'],
    ['a > 15 || b > 15', '30 20 0 0', '20 - 20 -', '1 1 1 0'],
    ['a == b && a != 0', '1 2', '1 3', '1 0'],
  ])('%s of [%s] and [%s] is [%s]: a value that is missing counts as zero', (text, a, b, expected) => {
    expect(evaluate(text, { a: sparse(a), b: sparse(b) })).toEqual(sparse(expected));
  });

  it.each([
    ['10 - m', [6, 5]],
    ['m - 10', [-6, -5]],
    ['20 / m', [5, 4]],
    ['m / 20', [0.2, 0.25]],
    ['-m', [-4, -5]],
  ])('keeps the sides of %s apart', (text, values) => {
    expect(evaluate(text, { m: series(4, 5) })).toEqual(series(...values));
  });

  it('leaves a gap where it would divide by zero', () => {
    expect(evaluate('a / b', { a: series(1, 1), b: series(0, 2) })).toEqual([
      { timestampMs: 1000, value: 0.5 },
    ]);
  });

  it.each([
    ['3 >= 3', 1],
    ['3 > 3', 0],
    ['1 + 1 == 2', 1],
    ['1 != 1', 0],
    ['2 <= 1', 0],
    ['-1 < 1', 1],
    ['IF(2 > 1, 10, 20) * 2', 20],
    ['IF(0, 10, 20)', 20],
    ['RATE(7)', 0],
  ])('%s is %d, where true is 1', (text, expected) => {
    expect(evaluate(text, {})).toBe(expected);
  });

  // The tables of CloudWatch's page on metric math.
  it.each([
    ['IF(a, b, c)', '30 0 20 - -'],
    ['IF(a, 5, c)', '5 5 20 - -'],
    ['IF(a, b, 5)', '30 0 5 5 -'],
    ['IF(a, b)', '30 0 - - -'],
    ['IF(1, b, c)', '30 - 0 0 30'],
    ['IF(0, b)', '-'],
    ['IF(c > 0, 10, 2)', '2 2 10 - 10'],
    ['IF(a == 1, 1, 0)', '1 1 0 0 -'],
  ])('%s chooses point by point: [%s]', (text, expected) => {
    const [a, b, c] = ['1 1 0 0 -', '30 - 0 0 30', '0 0 20 - 20'].map(sparse) as [
      TimeSeries,
      TimeSeries,
      TimeSeries,
    ];
    expect(evaluate(text, { a, b, c })).toEqual(sparse(expected));
  });

  it.each([
    ['ABS(m)', '1 2.5 - 4'],
    ['CEIL(m)', '-1 3 - 4'],
    ['FLOOR(m)', '-1 2 - 4'],
    ['DIFF(m)', '- 3.5 - 1.5'],
    ['RATE(m)', '- 3.5 - 0.75'],
    ['RUNNING_SUM(m)', '-1 1.5 - 5.5'],
    ['m / PERIOD(m) * 60', '-1 2.5 - 4'],
    ['m - MIN(m)', '0 3.5 - 5'],
    ['m - MAX(m)', '-5 -1.5 - 0'],
    ['m * SUM(m)', '-5.5 13.75 - 22'],
    ['3 * m / AVG(m)', `${-3 / (5.5 / 3)} ${7.5 / (5.5 / 3)} - ${12 / (5.5 / 3)}`],
    ['FILL(m, 7)', '-1 2.5 7 4 7'],
    ['FILL(m, MIN(m))', '-1 2.5 -1 4 -1'],
    ['FILL(m, other)', '-1 2.5 9 4 -'],
    ['FILL(m, REPEAT)', '-1 2.5 2.5 4 4'],
    ['FILL(m, LINEAR)', '-1 2.5 3.25 4 -'],
    ['FILL(none, 0)', '0 0 0 0 0'],
    ['FILL(none, REPEAT)', '-'],
    ['FILL(none, MIN(none))', '-'],
  ])('%s of [-1 2.5 - 4] is [%s]', (text, expected) => {
    const values = { m: sparse('-1 2.5 - 4'), other: sparse('8 8 9'), none: [] };
    expect(
      evaluate(
        text,
        values,
        [0, 1, 2, 3, 4].map((second) => second * 1_000),
      ),
    ).toEqual(sparse(expected));
  });

  it.each([
    ['SUM(METRICS())', '11 2 33'],
    ['SUM([errors4xx, errors5xx])', '11 2 33'],
    ['SUM([METRICS("4xx"), METRICS("5xx")])', '11 2 33'],
    ["SUM(METRICS('4xx'))", '1 2 3'],
    ['AVG(METRICS())', '5.5 1 16.5'],
    ['MIN(METRICS())', '1 2 3'],
    ['MAX(METRICS())', '10 2 30'],
    ['SUM(100 / [errors4xx, errors5xx])', `110 50 ${100 / 3 + 100 / 30}`],
    ['MAX(-[errors4xx, errors5xx])', '-1 -2 -3'],
    ['SUM(METRICS() - errors4xx)', '9 -2 27'],
    ['SUM(RUNNING_SUM(METRICS()))', '11 3 46'],
  ])('%s takes several series: [%s]', (text, expected) => {
    const values = { errors4xx: sparse('1 2 3'), errors5xx: sparse('10 - 30') };
    expect(evaluate(text, values)).toEqual(sparse(expected));
  });

  it('takes what a series gains a second between datapoints, from the second on', () => {
    const gaps = [
      { timestampMs: 0, value: 10 },
      { timestampMs: 60_000, value: 40 },
      { timestampMs: 240_000, value: 22 },
    ];
    expect(evaluate('RATE(m)', { m: gaps })).toEqual([
      { timestampMs: 60_000, value: 0.5 },
      { timestampMs: 240_000, value: -0.1 },
    ]);
    expect(evaluate('m + RATE(m) * 100', { m: gaps })).toEqual([
      { timestampMs: 0, value: 10 },
      { timestampMs: 60_000, value: 90 },
      { timestampMs: 240_000, value: 12 },
    ]);
    expect(evaluate('RATE(m)', { m: [] })).toEqual([]);
  });

  it.each([
    ['SEARCH("x")', 'function SEARCH is not supported'],
    ['ANOMALY_DETECTION_BAND(m1)', 'function ANOMALY_DETECTION_BAND is not supported'],
    ['TIME_SERIES(1)', 'function TIME_SERIES is not supported'],
    ['m1 > 5 > 4', 'unexpected ">"'],
    ['IF(m1)', 'function IF takes 2 to 3 arguments, got 1'],
    ['RATE(m1, 2)', 'function RATE takes 1 arguments, got 2'],
    ['FILL(m1)', 'expected ","'],
    ['FILL(m1, REPEAT, 0)', 'expected ")"'],
    ['FILL(REPEAT, m1)', 'begins in lower case'],
    ['METRICS(m1)', 'function METRICS takes a text in quotes, got "m1"'],
    ['SUM(METRICS(errors))', 'function METRICS takes a text in quotes, got "errors"'],
    ['METRICS("a", "b")', 'expected ")"'],
    ['METRICS(', 'unexpected end'],
    ['ABS(REPEAT)', 'begins in lower case'],
    ['m1 + "text"', 'unexpected ""text""'],
    ['m1 +', 'unexpected end'],
    ['(m1', 'expected ")"'],
    ['[m1', 'expected "]"'],
    ['m1 m2', 'unexpected "m2"'],
    ['m1 ^ 2', 'unexpected "^"'],
    ['METRICS', 'begins in lower case'],
    [`${'('.repeat(5_000)}m1${')'.repeat(5_000)}`, 'nested deeper than 100'],
    [`${'ABS('.repeat(5_000)}m1${')'.repeat(5_000)}`, 'nested deeper than 100'],
    [`${'['.repeat(5_000)}m1${']'.repeat(5_000)}`, 'nested deeper than 100'],
  ])('refuses %s by name', (text, problem) => {
    expect(() => parseExpression(text)).toThrow(problem);
  });

  it('reads any number of signs and of sums', () => {
    expect(evaluate(`${'-'.repeat(5_001)}1`, {})).toBe(-1);
    expect(evaluate(`1${' + 1'.repeat(500)}`, {})).toBe(501);
  });

  it.each([
    ['PERIOD(a + b)', 'PERIOD takes the id of a metric'],
    ['IF([a, b], 1, 2)', 'IF takes one series here'],
    ['FILL(a, [a, b])', 'FILL takes one series here'],
    ['[a, b] + [a, b]', 'not with another list'],
    ['SUM([a, 1])', 'a list holds series'],
  ])('refuses what %s would be given', (text, problem) => {
    expect(() => evaluate(text, { a: sparse('1'), b: sparse('2') })).toThrow(problem);
  });
});
