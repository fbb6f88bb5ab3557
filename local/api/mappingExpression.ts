import type { TemplateReader } from './templateReader.ts';

/** What a mapping template may speak of. */
export interface Values {
  /** Of the request, by their names as they came. */
  header: Readonly<Record<string, string>>;
  querystring: Readonly<Record<string, string>>;
  path: Readonly<Record<string, string>>;
  requestId: string;
  /** What the template sets. */
  variables: Map<string, Value>;
}

type Value = string | number | boolean | undefined;
export type Expression = (values: Values) => Value;

const text = /"[^"]*"|'[^']*'/y;
const number = /-?\d+/y;
const word = /true\b|false\b/y;
const parameter = /\$input\.params\(\s*(?:"[^"]*"|'[^']*')\s*\)/y;
const parameterOf = /\$input\.params\(\)\.(?:header|querystring|path)\.get\(\s*(?:"[^"]*"|'[^']*')\s*\)/y;
const requestId = /\$context\.requestId\b/y;
const variable = /\$(?!input\b|context\b|util\b|stageVariables\b)[A-Za-z]\w*(?![\w.(])/y;

/**
 *     expression = all { "||" all }        all = one { "&&" one }
 *     one        = "!" one | operand [ ("==" | "!=") operand ]
 *     operand    = text | number | "true" | "false" | reference | "(" expression ")"
 * @throws SyntaxError for anything else, by name
 */
export function readExpression(reader: TemplateReader): Expression {
  let left = readAll(reader);
  while (reader.takeToken(/\|\|/y) !== undefined) {
    const [one, other] = [left, readAll(reader)];
    left = (values) => isTrue(one(values)) || isTrue(other(values));
  }
  return left;
}

function readAll(reader: TemplateReader): Expression {
  let left = readOne(reader);
  while (reader.takeToken(/&&/y) !== undefined) {
    const [one, other] = [left, readOne(reader)];
    left = (values) => isTrue(one(values)) && isTrue(other(values));
  }
  return left;
}

function readOne(reader: TemplateReader): Expression {
  if (reader.takeToken(/!(?!=)/y) !== undefined) {
    const one = readOne(reader);
    return (values) => !isTrue(one(values));
  }
  const left = readOperand(reader);
  const comparison = reader.takeToken(/==|!=/y);
  if (comparison === undefined) return left;
  const right = readOperand(reader);
  return (values) => (left(values) === right(values)) === (comparison === '==');
}

/** What Velocity takes for true. */
export const isTrue = (value: Value): boolean => value !== undefined && value !== false;

function readOperand(reader: TemplateReader): Expression {
  if (reader.takeToken(/\(/y) !== undefined) {
    const inner = readExpression(reader);
    reader.expect(')');
    return inner;
  }
  const literal = reader.takeToken(text);
  // A text in double quotes is a template of its own in Velocity.
  if (literal?.startsWith('"') && literal.includes('$'))
    throw new SyntaxError(`expected a plain text, got ${literal}`);
  if (literal !== undefined) return () => literal.slice(1, -1);
  const digits = reader.takeToken(number);
  if (digits !== undefined) return () => Number(digits);
  const truth = reader.takeToken(word);
  if (truth !== undefined) return () => truth === 'true';
  return readReference(reader);
}

/** @throws SyntaxError for what is none that the stage on this machine fills in */
export function readReference(reader: TemplateReader): Expression {
  const named = reader.takeToken(parameterOf);
  if (named !== undefined) {
    const [, place = '', name = ''] = /\.(header|querystring|path)\.get\(\s*["'](.*)["']/.exec(named) ?? [];
    return (values) => values[place as 'header' | 'querystring' | 'path'][name] ?? '';
  }
  const anywhere = reader.takeToken(parameter);
  if (anywhere !== undefined) {
    const [, name = ''] = /["'](.*)["']/.exec(anywhere) ?? [];
    return ({ path, querystring, header }) => path[name] ?? querystring[name] ?? header[name] ?? '';
  }
  if (reader.takeToken(requestId) !== undefined) return (values) => values.requestId;
  const own = reader.takeToken(variable);
  if (own !== undefined) return ({ variables }) => variables.get(own.slice(1));
  throw reader.unexpected(
    'a directive, a reference to $input.params, $context.requestId or a variable that is set',
  );
}
