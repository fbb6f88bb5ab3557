import { invalidParameterValue } from './errors.ts';
import type { Datapoint } from './metricStore.ts';

/**
 * Metric math, as far as alarms and dashboards here need it:
 *
 *   sum     = product { ("+" | "-") product }
 *   product = unary { ("*" | "/") unary }
 *   unary   = "-" unary | number | id | "(" sum ")"
 *
 * Functions, comparisons and the rest of CloudWatch's language are refused by name.
 */
export type Expression =
  | { kind: 'number'; value: number }
  | { kind: 'id'; id: string }
  | { kind: 'negated'; operand: Expression }
  | { kind: 'binary'; operator: '+' | '-' | '*' | '/'; left: Expression; right: Expression };

/** A time series, or a constant. */
export type MathValue = readonly Datapoint[] | number;

const tokenPattern = /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(\S))/y;

/** @throws InvalidParameterValueError for what is not in the grammar above. */
export function parseExpression(text: string): Expression {
  const tokens = tokenize(text);
  let position = 0;
  const refuse = (problem: string): never => {
    throw invalidParameterValue(
      `Expression "${text}": ${problem}; this stage supports + - * / over ids and constants`,
    );
  };
  const binary = (operators: string, operand: () => Expression): Expression => {
    let left = operand();
    for (;;) {
      const operator = tokens[position];
      if (operator === undefined || !operators.includes(operator)) return left;
      position += 1;
      left = { kind: 'binary', operator: operator as '+' | '-' | '*' | '/', left, right: operand() };
    }
  };
  const sum = (): Expression => binary('+-', product);
  const product = (): Expression => binary('*/', unary);
  const unary = (): Expression => {
    const token = tokens[position] ?? refuse('unexpected end');
    position += 1;
    if (token === '-') return { kind: 'negated', operand: unary() };
    if (token === '(') {
      const inner = sum();
      if (tokens[position] !== ')') refuse('expected ")"');
      position += 1;
      return inner;
    }
    if (/^\d/.test(token)) return { kind: 'number', value: Number(token) };
    if (!/^[A-Za-z_]/.test(token)) refuse(`unexpected "${token}"`);
    if (tokens[position] === '(') refuse(`function ${token} is not supported`);
    if (!/^[a-z]/.test(token)) refuse(`expected an id, which begins in lower case, got "${token}"`);
    return { kind: 'id', id: token };
  };
  const expression = sum();
  if (position < tokens.length) refuse(`unexpected "${tokens[position]}"`);
  return expression;
}

/** The ids an expression refers to. */
export function idsOf(expression: Expression): string[] {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'id':
      return [expression.id];
    case 'negated':
      return idsOf(expression.operand);
    case 'binary':
      return [...idsOf(expression.left), ...idsOf(expression.right)];
  }
}

/**
 * The expression's value: series are joined where both have a datapoint, and a division by zero leaves a
 * gap.
 */
export function evaluateExpression(expression: Expression, valueOf: (id: string) => MathValue): MathValue {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'id':
      return valueOf(expression.id);
    case 'negated':
      return combine('*', -1, evaluateExpression(expression.operand, valueOf));
    case 'binary':
      return combine(
        expression.operator,
        evaluateExpression(expression.left, valueOf),
        evaluateExpression(expression.right, valueOf),
      );
  }
}

function combine(operator: '+' | '-' | '*' | '/', left: MathValue, right: MathValue): MathValue {
  if (typeof left === 'number' && typeof right === 'number') return calculate(operator, left, right);
  if (typeof left === 'number') {
    return finite(
      (right as readonly Datapoint[]).map((point) => ({
        ...point,
        value: calculate(operator, left, point.value),
      })),
    );
  }
  if (typeof right === 'number') {
    return finite(left.map((point) => ({ ...point, value: calculate(operator, point.value, right) })));
  }
  const rightByTime = new Map(right.map(({ timestampMs, value }) => [timestampMs, value]));
  return finite(
    left.flatMap(({ timestampMs, value }) => {
      const other = rightByTime.get(timestampMs);
      return other === undefined ? [] : [{ timestampMs, value: calculate(operator, value, other) }];
    }),
  );
}

function calculate(operator: '+' | '-' | '*' | '/', left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
  }
}

const finite = (points: Datapoint[]): Datapoint[] => points.filter(({ value }) => Number.isFinite(value));

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  const pattern = new RegExp(tokenPattern);
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    tokens.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return tokens;
}
