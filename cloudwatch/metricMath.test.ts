import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateExpression, parseExpression, type MathValue } from './metricMath.ts';

const evaluate = (text: string, values: Record<string, MathValue>): MathValue =>
  evaluateExpression(parseExpression(text), (id) => values[id] ?? 0);

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

  it('joins series where both have a datapoint, and applies constants to each', () => {
    const errors = series(1, 2, 3);
    const requests = [series(10, 20, 30)[0]!, series(10, 20, 30)[2]!];
    expect(evaluate('100 * errors / requests', { errors, requests })).toEqual([
      { timestampMs: 0, value: 10 },
      { timestampMs: 2000, value: 10 },
    ]);
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

  it('chooses point by point', () => {
    const use = series(40, 60, 70);
    expect(evaluate('IF(use >= 60, 2 * use, 0)', { use })).toEqual(series(0, 120, 140));
    // Where what is chosen from has no datapoint, there is none.
    expect(evaluate('IF(use >= 60, use, other)', { use, other: series(1, 2) })).toEqual(
      series(40, 60).with(0, { timestampMs: 0, value: 1 }),
    );
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
      { timestampMs: 60_000, value: 90 },
      { timestampMs: 240_000, value: 12 },
    ]);
    expect(evaluate('RATE(m)', { m: [] })).toEqual([]);
  });

  it.each([
    ['SEARCH("x")', 'function SEARCH is not supported'],
    ['FILL(m1, 0)', 'function FILL is not supported'],
    ['m1 > 5 > 4', 'unexpected ">"'],
    ['IF(m1, 2)', 'expected ","'],
    ['RATE(m1, 2)', 'expected ")"'],
    ['m1 +', 'unexpected end'],
    ['(m1', 'expected ")"'],
    ['m1 m2', 'unexpected "m2"'],
    ['METRICS', 'begins in lower case'],
  ])('refuses %s by name', (text, problem) => {
    expect(() => parseExpression(text)).toThrow(problem);
  });
});
