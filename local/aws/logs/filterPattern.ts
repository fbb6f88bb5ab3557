import { invalidLogsInput } from './shapes.ts';

/**
 * A filter pattern of CloudWatch Logs, as a test of a line. Supported are the empty pattern, terms that
 * must all appear (`ERROR "timed out"`), excluded ones (`-INFO`), and one comparison of a JSON member:
 *
 *   { $.member.member (= | !=) "text" }    { $.member (= | != | < | <= | > | >=) number }
 *
 * @throws AwsError for another pattern.
 */
export function parseFilterPattern(pattern: string): (line: string) => boolean {
  const text = pattern.trim();
  if (text === '') return () => true;
  if (text.startsWith('{')) return parseJsonPattern(text);
  const terms = text.match(/-?"[^"]*"|\S+/g) ?? [];
  const tests = terms.map((term) => {
    if (/^[?%[]/.test(term)) throw refusal(pattern);
    const excluded = term.startsWith('-');
    const word = term.replace(/^-/, '').replaceAll('"', '');
    return (line: string) => line.includes(word) !== excluded;
  });
  return (line) => tests.every((test) => test(line));
}

const jsonPattern =
  /^\{\s*\$\.([\w.]+)\s*(=|!=|<=|>=|<|>)\s*(?:"([^"*]*)"|(-?\d+(?:\.\d+)?)|([A-Za-z_]\w*))\s*\}$/;

function parseJsonPattern(pattern: string): (line: string) => boolean {
  const match = jsonPattern.exec(pattern);
  if (!match) throw refusal(pattern);
  const [, path = '', operator = '', quoted, digits, word] = match;
  const text = quoted ?? word;
  if (text !== undefined && operator !== '=' && operator !== '!=') throw refusal(pattern);
  const wanted = text ?? Number(digits);
  return (line) => {
    const value = memberOf(line, path.split('.'));
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return false;
    const [left, right] = typeof wanted === 'number' ? [Number(value), wanted] : [String(value), wanted];
    switch (operator) {
      case '=':
        return left === right;
      case '!=':
        return left !== right;
      case '<':
        return left < right;
      case '<=':
        return left <= right;
      case '>':
        return left > right;
      default:
        return left >= right;
    }
  };
}

/** A line's member, when the line is a JSON object; `requestId ERROR {…}` is none. */
export function memberOf(line: string, path: readonly string[]): unknown {
  if (!line.startsWith('{')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

const refusal = (pattern: string) =>
  invalidLogsInput(
    `filterPattern '${pattern}': this stage knows terms, "quoted terms", -excluded ones, and one comparison { $.member = "text" }`,
  );
