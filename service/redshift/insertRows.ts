import type { ClientBase } from 'pg';
import { insert, mostRows, type InsertedInto } from './sql.ts';

/** Inserts rows, in as few statements as can bind their values. */
export async function insertRows(
  client: ClientBase,
  into: InsertedInto,
  rows: readonly (readonly (string | number)[])[],
): Promise<void> {
  for (let first = 0; first < rows.length; first += mostRows(into)) {
    const some = rows.slice(first, first + mostRows(into));
    await client.query({ ...statementOf(client, into, some.length), values: some.flat() });
  }
}

/**
 * Sizes whose statements a connection keeps prepared, at most. Those of a thousand rows take a database longer to parse
 * and plan than to run, and the batches of a queue with a backlog are all of one size.
 */
const mostSizes = 4;

interface Kept {
  lastSize: number;
  statements: Map<number, { name: string; text: string }>;
}

const keptOf = new WeakMap<ClientBase, Map<string, Kept>>();

/** The statement for so many rows; by its name, which keeps it prepared, from when a size comes twice in a row. */
function statementOf(client: ClientBase, into: InsertedInto, size: number): { name?: string; text: string } {
  let ofClient = keptOf.get(client);
  if (!ofClient) keptOf.set(client, (ofClient = new Map()));
  let kept = ofClient.get(into.table);
  if (!kept) ofClient.set(into.table, (kept = { lastSize: 0, statements: new Map() }));
  const known = kept.statements.get(size);
  if (known) return known;
  const statement = { text: insert(into, size) };
  if (size !== kept.lastSize || kept.statements.size === mostSizes) {
    kept.lastSize = size;
    return statement;
  }
  const named = { ...statement, name: `${into.table}-${size}` };
  kept.statements.set(size, named);
  return named;
}
