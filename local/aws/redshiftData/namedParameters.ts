import { AwsError } from '../errors.ts';

export interface NamedParameter {
  name: string;
  value: string;
}

export interface PositionalQuery {
  text: string;
  values: string[];
}

/**
 * Whatever may contain a colon that begins no parameter, then the parameter itself: 'text', "identifier",
 * $tag$ body $tag$, line comment, block comment, ::cast, :name.
 */
const tokenPattern =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1|--[^\n]*|\/\*[\s\S]*?\*\/|::|:([A-Za-z_]\w*)/g;

/**
 * `:name` parameters as the positional ones of PostgreSQL's protocol; each place has a position of its own,
 * so that the type of each is inferred where it stands.
 * @throws AwsError `ValidationException` for a parameter without a value, and for a value without a place.
 */
export function toPositional(
  sqls: readonly string[],
  parameters: readonly NamedParameter[],
): PositionalQuery[] {
  // Without parameters a colon is the statement's own business, e.g. an array slice.
  if (parameters.length === 0) return sqls.map((text) => ({ text, values: [] }));
  const valueByName = new Map(parameters.map(({ name, value }) => [name, value]));
  const unused = new Set(valueByName.keys());
  const queries = sqls.map((sql) => {
    const values: string[] = [];
    const text = sql.replace(tokenPattern, (token: string, _tag: unknown, name: string | undefined) => {
      if (name === undefined) return token;
      const value = valueByName.get(name);
      if (value === undefined) throw new AwsError('ValidationException', `Parameters: no value for :${name}`);
      unused.delete(name);
      values.push(value);
      return `$${values.length}`;
    });
    return { text, values };
  });
  if (unused.size === 0) return queries;
  const names = [...unused].map((name) => `:${name}`).join(', ');
  throw new AwsError('ValidationException', `Parameters: the SQL has no ${names}`);
}
