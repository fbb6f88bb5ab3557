import { invalidParameterValue } from './errors.ts';
import type { Datapoint } from './metricStore.ts';

/**
 * Metric math, as far as alarms and dashboards here need it:
 *
 *   compared = sum [ ( ">=" | "<=" | ">" | "<" | "==" | "!=" ) sum ]
 *   sum      = product { ("+" | "-") product }
 *   product  = unary { ("*" | "/") unary }
 *   unary    = "-" unary | number | id | "(" compared ")" | call
 *   call     = "IF" "(" compared "," compared "," compared ")" | "RATE" "(" compared ")"
 *
 * The other functions and the rest of CloudWatch's language are refused by name.
 */
export type Expression =
  | { kind: 'number'; value: number }
  | { kind: 'id'; id: string }
  | { kind: 'negated'; operand: Expression }
  | { kind: 'binary'; operator: Operator; left: Expression; right: Expression }
  | { kind: 'if'; condition: Expression; whenTrue: Expression; whenFalse: Expression }
  | { kind: 'rate'; operand: Expression };

/** A time series, or a constant. */
export type MathValue = readonly Datapoint[] | number;

const calculations = {
  '+': (left: number, right: number) => left + right,
  '-': (left: number, right: number) => left - right,
  '*': (left: number, right: number) => left * right,
  '/': (left: number, right: number) => left / right,
  // True is 1, and false 0.
  '>=': (left: number, right: number) => Number(left >= right),
  '<=': (left: number, right: number) => Number(left <= right),
  '>': (left: number, right: number) => Number(left > right),
  '<': (left: number, right: number) => Number(left < right),
  '==': (left: number, right: number) => Number(left === right),
  '!=': (left: number, right: number) => Number(left !== right),
};
type Operator = keyof typeof calculations;

const comparisons: readonly Operator[] = ['>=', '<=', '>', '<', '==', '!='];

const tokenPattern = /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|([<>=!]=|\S))/y;

/** @throws InvalidParameterValueError for what is not in the grammar above. */
export function parseExpression(text: string): Expression {
  const tokens = tokenize(text);
  let position = 0;
  const refuse = (problem: string): never => {
    throw invalidParameterValue(
      `Expression "${text}": ${problem}; this stage supports + - * /, comparisons, IF and RATE over ids and constants`,
    );
  };
  const expect = (token: string): void => {
    if (tokens[position] !== token) refuse(`expected "${token}"`);
    position += 1;
  };
  const binary = (operators: readonly Operator[], operand: () => Expression): Expression => {
    let left = operand();
    for (;;) {
      const operator = operators.find((each) => each === tokens[position]);
      if (operator === undefined) return left;
      position += 1;
      left = { kind: 'binary', operator, left, right: operand() };
    }
  };
  const compared = (): Expression => {
    const left = sum();
    const operator = comparisons.find((each) => each === tokens[position]);
    if (operator === undefined) return left;
    position += 1;
    return { kind: 'binary', operator, left, right: sum() };
  };
  const sum = (): Expression => binary(['+', '-'], product);
  const product = (): Expression => binary(['*', '/'], unary);
  const call = (name: string): Expression => {
    if (name !== 'IF' && name !== 'RATE') refuse(`function ${name} is not supported`);
    expect('(');
    const first = compared();
    if (name === 'RATE') {
      expect(')');
      return { kind: 'rate', operand: first };
    }
    expect(',');
    const whenTrue = compared();
    expect(',');
    const whenFalse = compared();
    expect(')');
    return { kind: 'if', condition: first, whenTrue, whenFalse };
  };
  const unary = (): Expression => {
    const token = tokens[position] ?? refuse('unexpected end');
    position += 1;
    if (token === '-') return { kind: 'negated', operand: unary() };
    if (token === '(') {
      const inner = compared();
      expect(')');
      return inner;
    }
    if (/^\d/.test(token)) return { kind: 'number', value: Number(token) };
    if (!/^[A-Za-z_]/.test(token)) refuse(`unexpected "${token}"`);
    if (tokens[position] === '(') return call(token);
    if (!/^[a-z]/.test(token)) refuse(`expected an id, which begins in lower case, got "${token}"`);
    return { kind: 'id', id: token };
  };
  const expression = compared();
  if (position < tokens.length) refuse(`unexpected "${tokens[position]}"`);
  return expression;
}

const operandsOf = (expression: Expression): Expression[] => {
  switch (expression.kind) {
    case 'number':
    case 'id':
      return [];
    case 'negated':
    case 'rate':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    case 'if':
      return [expression.condition, expression.whenTrue, expression.whenFalse];
  }
};

/** The ids an expression refers to. */
export const idsOf = (expression: Expression): string[] =>
  expression.kind === 'id' ? [expression.id] : operandsOf(expression).flatMap(idsOf);

/**
 * The expression's value: series are joined where all have a datapoint, and a division by zero leaves a
 * gap. The rate of a series' first datapoint is not known.
 */
export function evaluateExpression(expression: Expression, valueOf: (id: string) => MathValue): MathValue {
  const [first = 0, second = 0, third = 0] = operandsOf(expression).map((operand) =>
    evaluateExpression(operand, valueOf),
  );
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'id':
      return valueOf(expression.id);
    case 'negated':
      return pointwise([first], ([value]) => -value!);
    case 'binary': {
      const calculate = calculations[expression.operator];
      return pointwise([first, second], ([left, right]) => calculate(left!, right!));
    }
    case 'if':
      return pointwise([first, second, third], ([condition, whenTrue, whenFalse]) =>
        condition !== 0 ? whenTrue! : whenFalse!,
      );
    case 'rate':
      return rateOf(first);
  }
}

/** Constants alone give a constant. */
function pointwise(values: readonly MathValue[], calculate: (values: number[]) => number): MathValue {
  const first = values.find((value) => typeof value !== 'number');
  if (first === undefined) return calculate(values as number[]);
  const at = values.map((value): ((point: Datapoint) => number | undefined) => {
    if (typeof value === 'number') return () => value;
    if (value === first) return (point) => point.value;
    const byTime = new Map(value.map((point) => [point.timestampMs, point.value]));
    return ({ timestampMs }) => byTime.get(timestampMs);
  });
  return first.flatMap((point) => {
    const here = at.map((valueAt) => valueAt(point)).filter((value) => value !== undefined);
    const value = here.length === values.length ? calculate(here) : NaN;
    return Number.isFinite(value) ? [{ timestampMs: point.timestampMs, value }] : [];
  });
}

/** What a series gains a second from one datapoint to the next. A constant gains nothing. */
function rateOf(value: MathValue): MathValue {
  if (typeof value === 'number') return 0;
  return value.slice(1).map(({ timestampMs, value: now }, index) => {
    const before = value[index]!;
    return { timestampMs, value: (now - before.value) / ((timestampMs - before.timestampMs) / 1_000) };
  });
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  const pattern = new RegExp(tokenPattern);
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    tokens.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return tokens;
}
