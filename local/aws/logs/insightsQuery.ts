import { invalidLogsInput } from './shapes.ts';

/**
 * The part of Logs Insights' language that this project's runbooks and tools speak:
 *
 *   query   = command { "|" command }
 *   command = "fields" name { "," name }
 *           | "filter" test { "and" test }
 *           | "stats" "count(*)" [ "as" name ] [ "by" name { "," name } ]
 *           | "sort" name [ "asc" | "desc" ]
 *           | "limit" number
 *   test    = "ispresent(" name ")"
 *           | name ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) literal
 *           | name [ "not" ] "like" ( string | "/" expression "/" )
 */
export type InsightsCommand =
  | { kind: 'fields'; names: string[] }
  | { kind: 'filter'; tests: InsightsTest[] }
  | { kind: 'stats'; as: string; by: string[] }
  | { kind: 'sort'; by: string; descending: boolean }
  | { kind: 'limit'; count: number };

/** Whether a record passes, told the value of one of its fields; undefined where it has none. */
export interface InsightsTest {
  field: string;
  passes: (value: string | undefined) => boolean;
}

const name = String.raw`[@\w][\w.]*`;
const names = String.raw`${name}(?:\s*,\s*${name})*`;
const fieldsPattern = new RegExp(`^fields\\s+(${names})$`, 'i');
const statsPattern = new RegExp(
  `^stats\\s+count\\(\\*\\)(?:\\s+as\\s+(${name}))?(?:\\s+by\\s+(${names}))?$`,
  'i',
);
const sortPattern = new RegExp(`^sort\\s+(${name})(?:\\s+(asc|desc))?$`, 'i');
const limitPattern = /^limit\s+(\d{1,5})$/i;
const presentPattern = new RegExp(`^ispresent\\(\\s*(${name})\\s*\\)$`, 'i');
const comparePattern = new RegExp(
  `^(${name})\\s*(=|!=|<=|>=|<|>)\\s*(?:"([^"]*)"|'([^']*)'|(-?\\d+(?:\\.\\d+)?))$`,
);
const likePattern = new RegExp(`^(${name})\\s+(not\\s+)?like\\s+(?:"([^"]*)"|'([^']*)'|/(.*)/)$`, 'i');

/** @throws AwsError naming the command that is not in the grammar above. */
export function parseInsightsQuery(query: string): InsightsCommand[] {
  return outsideQuotes(query, /\|/).map(parseCommand);
}

function parseCommand(text: string): InsightsCommand {
  const fields = fieldsPattern.exec(text);
  if (fields) return { kind: 'fields', names: listOf(fields[1]) };
  const stats = statsPattern.exec(text);
  if (stats) return { kind: 'stats', as: stats[1] ?? 'count(*)', by: listOf(stats[2]) };
  const sort = sortPattern.exec(text);
  if (sort) return { kind: 'sort', by: sort[1] ?? '', descending: sort[2]?.toLowerCase() !== 'asc' };
  const limit = limitPattern.exec(text);
  if (limit) return { kind: 'limit', count: Number(limit[1]) };
  const filter = /^filter\s+(.+)$/is.exec(text);
  if (filter) {
    return { kind: 'filter', tests: outsideQuotes(filter[1] ?? '', /\band\b/i).map(parseTest) };
  }
  throw malformed(text);
}

function parseTest(text: string): InsightsTest {
  const present = presentPattern.exec(text);
  if (present) return { field: present[1] ?? '', passes: (value) => value !== undefined };
  const like = likePattern.exec(text);
  if (like) {
    const [, field = '', not, double, single, expression] = like;
    const wanted = double ?? single;
    const pattern = new RegExp(expression ?? '');
    const isLike = (value: string): boolean =>
      wanted === undefined ? pattern.test(value) : value.includes(wanted);
    return { field, passes: (value) => value !== undefined && isLike(value) === (not === undefined) };
  }
  const compare = comparePattern.exec(text);
  if (!compare) throw malformed(text);
  const [, field = '', operator = '', double, single, digits] = compare;
  const wanted = double ?? single ?? digits ?? '';
  return {
    field,
    passes: (value) => value !== undefined && holds(compareValues(value, wanted), operator),
  };
}

function holds(order: number, operator: string): boolean {
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

/** Numbers by their value, everything else as text. */
function compareValues(left: string, right: string): number {
  if (isNumber(left) && isNumber(right)) return Number(left) - Number(right);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The ascending order of `sort`: what is no number comes before every number. */
export function compareForSort(left: string, right: string): number {
  if (isNumber(left) !== isNumber(right)) return isNumber(left) ? 1 : -1;
  return compareValues(left, right);
}

const isNumber = (text: string): boolean => text !== '' && !Number.isNaN(Number(text));

const listOf = (text: string | undefined): string[] =>
  text === undefined ? [] : text.split(',').map((part) => part.trim());

/** Splits where the separator stands outside of quotes and of /expressions/. */
function outsideQuotes(text: string, separator: RegExp): string[] {
  const masked = text.replaceAll(/"[^"]*"|'[^']*'|\/[^/]*\//g, (quoted) => '\u0000'.repeat(quoted.length));
  const parts: string[] = [];
  let from = 0;
  for (const match of masked.matchAll(new RegExp(separator, `g${separator.flags}`))) {
    parts.push(text.slice(from, match.index).trim());
    from = match.index + match[0].length;
  }
  return [...parts, text.slice(from).trim()];
}

const malformed = (text: string) =>
  invalidLogsInput(
    `queryString: "${text}" is not supported on this stage, which knows fields, filter (ispresent, comparisons, like, not like, and), stats count(*) by, sort and limit`,
  );
