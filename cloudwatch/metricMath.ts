import { invalidParameterValue } from './errors.ts';
import type { Expression, Operator } from './mathExpression.ts';
import { chosen, filled, functionsOfOne, isOfOne } from './mathFunctions.ts';
import { combined, each, finite, mapped, SeriesList, type MathValue, type TimeSeries } from './mathValue.ts';

/** What an expression is evaluated among. */
export interface MathContext {
  /** The value of another query. */
  valueOf: (id: string) => MathValue;
  /** Those of the metrics whose ids contain a text. */
  metrics: (part: string) => SeriesList;
  /** A metric's period; undefined for what is no metric. */
  periodSecondsOf: (id: string) => number | undefined;
  /** Every time at which the expression's metrics could have a value. */
  times: () => readonly number[];
}

const calculations: Record<Operator, (left: number, right: number) => number> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  // True is 1, and false 0.
  '>=': (left, right) => Number(left >= right),
  '<=': (left, right) => Number(left <= right),
  '>': (left, right) => Number(left > right),
  '<': (left, right) => Number(left < right),
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
  AND: (left, right) => Number(left !== 0 && right !== 0),
  OR: (left, right) => Number(left !== 0 || right !== 0),
};

/**
 * The value of an expression, as CloudWatch documents it: a series that lacks a value where the other has one counts as
 * zero there, and a division by zero leaves a gap.
 * @throws InvalidParameterValueError for an argument that a function does not take
 */
export function evaluateExpression(expression: Expression, context: MathContext): MathValue {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'id':
      return context.valueOf(expression.id);
    case 'negated':
      return mapped(evaluateExpression(expression.operand, context), (value) => -value);
    case 'binary':
      return combined(
        evaluateExpression(expression.left, context),
        evaluateExpression(expression.right, context),
        calculations[expression.operator],
      );
    case 'list':
      return joined(expression.items.map((item) => evaluateExpression(item, context)));
    case 'call':
      return evaluateCall(expression, context);
    case 'metrics':
      return context.metrics(expression.part);
    case 'fill':
      return fill(expression, context);
  }
}

function evaluateCall(call: Expression & { kind: 'call' }, context: MathContext): MathValue {
  const [first, second, third] = call.arguments;
  const valueOf = (argument: Expression | undefined): MathValue =>
    argument ? evaluateExpression(argument, context) : [];
  if (isOfOne(call.name)) return functionsOfOne[call.name](valueOf(first));
  switch (call.name) {
    case 'PERIOD':
      return periodOf(first, context);
    case 'IF':
      return chosen(
        single(valueOf(first), 'IF'),
        finiteOf(single(valueOf(second), 'IF')),
        third && finiteOf(single(valueOf(third), 'IF')),
      );
  }
}

function fill({ series, filler }: Expression & { kind: 'fill' }, context: MathContext): MathValue {
  const closing = typeof filler === 'string' ? filler : single(evaluateExpression(filler, context), 'FILL');
  return each(evaluateExpression(series, context), {
    constant: (constant) => constant,
    series: (one) => filled(one, context.times(), closing),
  });
}

function periodOf(metric: Expression | undefined, { periodSecondsOf }: MathContext): number {
  const seconds = metric?.kind === 'id' ? periodSecondsOf(metric.id) : undefined;
  if (seconds !== undefined) return seconds;
  throw invalidParameterValue('Expression: PERIOD takes the id of a metric');
}

const finiteOf = (value: number | TimeSeries): number | TimeSeries =>
  typeof value === 'number' ? value : finite(value);

function single(value: MathValue, name: string): number | TimeSeries {
  if (!(value instanceof SeriesList)) return value;
  throw invalidParameterValue(`Expression: ${name} takes one series here, not a list`);
}

function joined(values: readonly MathValue[]): SeriesList {
  const lists = values.map((value) => {
    if (value instanceof SeriesList) return value;
    if (typeof value !== 'number') return new SeriesList([value], ['']);
    throw invalidParameterValue('Expression: a list holds series, not constants');
  });
  return new SeriesList(
    lists.flatMap(({ items }) => items),
    lists.flatMap(({ names }) => names),
  );
}
