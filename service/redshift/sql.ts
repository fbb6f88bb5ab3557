/**
 * Every statement of the service, written once for Redshift and PostgreSQL: no ON CONFLICT, no RETURNING,
 * no aliases of a DELETE's target, every bound value cast or put into a column of its type. Names carry no schema: the
 * user's search path decides.
 */

/** Statements without values as one message: what it takes to the database and back is most of a small batch's time. */
export const inOne = (statements: readonly string[]): string => statements.join(separator);
export const separator = ';\n';

export const selectClient = `
  SELECT id, nombre, apellido, rut, correo
  FROM clientes
  WHERE id = CAST($1 AS BIGINT)`;

export const ping = 'SELECT 1';

/** Redshift takes the isolation's name and keeps its own; PostgreSQL works at what Redshift gives. */
export const begin = 'BEGIN ISOLATION LEVEL REPEATABLE READ';
export const commit = 'COMMIT';
export const rollback = 'ROLLBACK';

/** One batch at a time. An auxiliary table, so that readers of `clientes` never wait. */
export const lockWriters = 'LOCK TABLE clientes_lock';

/** The versions that are stored of these clients. */
export const selectVersions = (ids: readonly number[]): string =>
  `SELECT id, occurred_at_ms, message_hash FROM clientes_version WHERE id IN (${ids.join(', ')})`;

/** A table with the columns that rows are inserted into, in the order of their values. */
export interface InsertedInto {
  table: string;
  columns: readonly string[];
}

export const clients: InsertedInto = {
  table: 'clientes',
  columns: ['id', 'nombre', 'apellido', 'rut', 'correo'],
};
export const versions: InsertedInto = {
  table: 'clientes_version',
  columns: ['id', 'occurred_at_ms', 'message_hash'],
};

/** What a table has of these clients goes, for what is inserted then. */
export const deleteFrom = ({ table }: InsertedInto, ids: readonly number[]): string =>
  `DELETE FROM ${table} WHERE id IN (${ids.join(', ')})`;

/** Rows one statement can hold: 32,767 bound values at most. */
export const mostRows = ({ columns }: InsertedInto): number => Math.floor(32_767 / columns.length);

/**
 * Inserts so many rows; binds the values of each. They take the types of the table's columns: to cast thousands of them
 * takes as long as all else that is done with them.
 */
export function insert({ table, columns }: InsertedInto, rows: number): string {
  const tuples = Array.from({ length: rows }, (_, row) => {
    const values = columns.map((__, column) => `$${row * columns.length + column + 1}`);
    return `(${values.join(', ')})`;
  });
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${tuples.join(', ')}`;
}
