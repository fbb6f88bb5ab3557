import { compareForSort, type InsightsCommand } from './insightsQuery.ts';
import type { LogEvent } from './logGroups.ts';

/** A row: field and value, both as text. */
export type InsightsRow = ReadonlyMap<string, string>;

/** What a query that sets no limit gives at most. */
const defaultLimit = 10_000;

/** A line, and the account and name of its log group: `000000000000:/aws/lambda/name`. */
export interface QueriedEvent extends LogEvent {
  log: string;
}

/** Runs a query over log lines, oldest first; members of a JSON line are its fields. */
export function runInsightsQuery(
  commands: readonly InsightsCommand[],
  events: readonly QueriedEvent[],
): InsightsRow[] {
  let rows: InsightsRow[] = events.map(recordOf);
  // Without a command that chooses, a query shows these two, the newest line first.
  let shown: string[] | undefined = ['@timestamp', '@message'];
  let limit = defaultLimit;
  if (!commands.some(({ kind }) => kind === 'sort' || kind === 'stats')) rows.reverse();
  for (const command of commands) {
    switch (command.kind) {
      case 'filter':
        rows = rows.filter((row) => command.tests.every(({ field, passes }) => passes(row.get(field))));
        break;
      case 'fields':
        shown = command.names;
        break;
      case 'stats':
        rows = count(rows, command);
        shown = undefined;
        break;
      case 'sort':
        rows = rows.toSorted((a, b) => {
          const order = compareForSort(a.get(command.by) ?? '', b.get(command.by) ?? '');
          return command.descending ? -order : order;
        });
        break;
      case 'limit':
        limit = command.count;
        break;
    }
  }
  return rows.slice(0, limit).map((row) => choose(row, shown));
}

function recordOf({ timestampMs, message, log }: QueriedEvent): InsightsRow {
  const row = new Map([
    ['@timestamp', new Date(timestampMs).toISOString().replace('T', ' ').replace('Z', '')],
    ['@message', message],
    ['@log', log],
  ]);
  if (!message.startsWith('{')) return row;
  try {
    addMembers(row, JSON.parse(message), '');
  } catch {
    // Begins like JSON and is none: a line of text like any other.
  }
  return row;
}

function addMembers(row: Map<string, string>, value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null) {
    row.set(path, String(value));
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    addMembers(row, member, path === '' ? name : `${path}.${name}`);
  }
}

/** Rows that lack a field they are grouped by have a group of their own, without it. */
function count(rows: readonly InsightsRow[], { as, by }: { as: string; by: readonly string[] }) {
  const groups = Map.groupBy(rows, (row) => JSON.stringify(by.map((field) => row.get(field) ?? null)));
  return [...groups.values()].map((group) => {
    const [first] = group;
    const row = new Map<string, string>();
    for (const field of by) {
      const value = first?.get(field);
      if (value !== undefined) row.set(field, value);
    }
    return row.set(as, String(group.length));
  });
}

function choose(row: InsightsRow, names: readonly string[] | undefined): InsightsRow {
  if (names === undefined) return row;
  return new Map(
    names.flatMap((name) => {
      const value = row.get(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
