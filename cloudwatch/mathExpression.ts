import { invalidParameterValue } from './errors.ts';
import { functionNames, isFunctionName, takes, type FunctionName, type GapRule } from './mathFunctions.ts';

/**
 * An expression of metric math:
 *
 *   either   = both { ("OR" | "||") both }
 *   both     = compared { ("AND" | "&&") compared }
 *   compared = sum [ ( ">=" | "<=" | ">" | "<" | "==" | "!=" ) sum ]
 *   sum      = product { ("+" | "-") product }
 *   product  = unary { ("*" | "/") unary }
 *   unary    = "-" unary | number | id | "(" either ")" | "[" either { "," either } "]" | call
 *   call     = FUNCTION "(" [ either { "," either } ] ")" | metrics | fill
 *   metrics  = "METRICS" "(" [ text ] ")"
 *   fill     = "FILL" "(" either "," ( "REPEAT" | "LINEAR" | either ) ")"
 *
 * Functions that mathFunctions.ts does not list, SEARCH and anomaly bands among them, are refused by name.
 */
export type Expression =
  | { kind: 'number'; value: number }
  | { kind: 'id'; id: string }
  | { kind: 'negated'; operand: Expression }
  | { kind: 'binary'; operator: Operator; left: Expression; right: Expression }
  | { kind: 'list'; items: Expression[] }
  | { kind: 'call'; name: FunctionName; arguments: Expression[] }
  /** The metrics whose ids contain a text; all of them where it is empty. */
  | { kind: 'metrics'; part: string }
  | { kind: 'fill'; series: Expression; filler: Expression | GapRule };

export type Operator = '+' | '-' | '*' | '/' | '>=' | '<=' | '>' | '<' | '==' | '!=' | 'AND' | 'OR';

const gapRules: readonly GapRule[] = ['REPEAT', 'LINEAR'];
const comparisons: readonly Operator[] = ['>=', '<=', '>', '<', '==', '!='];
const spelledOut: Readonly<Record<string, string>> = { '&&': 'AND', '||': 'OR' };

const tokenPattern =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|("[^"]*"|'[^']*')|(&&|\|\||[<>=!]=|\S))/y;

/** What nobody writes by hand, and what would be more than the stack holds. */
const maximumDepth = 100;

/** @throws InvalidParameterValueError for what is not in the grammar above. */
export function parseExpression(text: string): Expression {
  const tokens = tokenize(text);
  let position = 0;
  let depth = 0;
  const refuse = (problem: string): never => {
    throw invalidParameterValue(
      `Expression "${text.length > 200 ? `${text.slice(0, 200)}…` : text}": ${problem}; this stage supports + - * /, ` +
        `comparisons, AND, OR and ${[...functionNames, 'METRICS', 'FILL'].toSorted().join(', ')} over ids, constants and [lists]`,
    );
  };
  const take = (token: string): boolean => {
    if (tokens[position] !== token) return false;
    position += 1;
    return true;
  };
  const expect = (token: string): void => {
    if (!take(token)) refuse(`expected "${token}"`);
  };
  const binary = (operators: readonly Operator[], operand: () => Expression): Expression => {
    let left = operand();
    for (;;) {
      const operator = operators.find(take);
      if (operator === undefined) return left;
      left = { kind: 'binary', operator, left, right: operand() };
    }
  };
  const either = (): Expression => {
    depth += 1;
    if (depth > maximumDepth) refuse(`nested deeper than ${maximumDepth}`);
    const expression = binary(['OR'], () => binary(['AND'], compared));
    depth -= 1;
    return expression;
  };
  const compared = (): Expression => {
    const left = binary(['+', '-'], product);
    const operator = comparisons.find(take);
    return operator ? { kind: 'binary', operator, left, right: binary(['+', '-'], product) } : left;
  };
  const product = (): Expression => binary(['*', '/'], unary);
  const listUntil = (end: string, item: () => Expression): Expression[] => {
    const items: Expression[] = [];
    if (take(end)) return items;
    do items.push(item());
    while (take(','));
    expect(end);
    return items;
  };
  const metrics = (): Expression => {
    if (take(')')) return { kind: 'metrics', part: '' };
    const token = tokens[position] ?? refuse('unexpected end');
    if (!/^["']/.test(token)) refuse(`function METRICS takes a text in quotes, got "${token}"`);
    position += 1;
    expect(')');
    return { kind: 'metrics', part: token.slice(1, -1) };
  };
  const fill = (): Expression => {
    const series = either();
    expect(',');
    const filler = gapRules.find(take) ?? either();
    expect(')');
    return { kind: 'fill', series, filler };
  };
  const call = (name: string): Expression => {
    expect('(');
    if (name === 'METRICS') return metrics();
    if (name === 'FILL') return fill();
    if (!isFunctionName(name)) return refuse(`function ${name} is not supported`);
    const items = listUntil(')', either);
    const { from, to } = takes(name);
    if (items.length < from || items.length > to) {
      refuse(
        `function ${name} takes ${from === to ? from : `${from} to ${to}`} arguments, got ${items.length}`,
      );
    }
    return { kind: 'call', name, arguments: items };
  };
  const unary = (): Expression => {
    let negations = 0;
    while (take('-')) negations += 1;
    const token = tokens[position] ?? refuse('unexpected end');
    position += 1;
    const operand = operandOf(token);
    return negations % 2 === 0 ? operand : { kind: 'negated', operand };
  };
  const operandOf = (token: string): Expression => {
    if (token === '(') {
      const inner = either();
      expect(')');
      return inner;
    }
    if (token === '[') return { kind: 'list', items: listUntil(']', either) };
    if (/^\d/.test(token)) return { kind: 'number', value: Number(token) };
    if (!/^[A-Za-z_]/.test(token)) refuse(`unexpected "${token}"`);
    if (tokens[position] === '(') return call(token);
    if (!/^[a-z]/.test(token)) refuse(`expected an id, which begins in lower case, got "${token}"`);
    return { kind: 'id', id: token };
  };
  const expression = either();
  if (position < tokens.length) refuse(`unexpected "${tokens[position]}"`);
  return expression;
}

const operandsOf = (expression: Expression): readonly Expression[] => {
  switch (expression.kind) {
    case 'number':
    case 'id':
    case 'metrics':
      return [];
    case 'negated':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    case 'list':
      return expression.items;
    case 'call':
      return expression.arguments;
    case 'fill':
      return [expression.series, ...(typeof expression.filler === 'string' ? [] : [expression.filler])];
  }
};

/** The ids an expression refers to: those it names, and of all metrics those that it asks METRICS for. */
export function idsOf(expression: Expression, metricIds: readonly string[]): string[] {
  if (expression.kind === 'id') return [expression.id];
  if (expression.kind === 'metrics') return metricIds.filter((id) => id.includes(expression.part));
  return operandsOf(expression).flatMap((operand) => idsOf(operand, metricIds));
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  const pattern = new RegExp(tokenPattern);
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const token = match[1] ?? match[2] ?? match[3] ?? match[4] ?? '';
    tokens.push(spelledOut[token] ?? token);
  }
  return tokens;
}
