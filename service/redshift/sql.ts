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

/** The newest message of each client of a batch. */
export const createStaging = `
  CREATE TEMPORARY TABLE clientes_staging (
    id BIGINT NOT NULL,
    nombre VARCHAR(256) NOT NULL,
    apellido VARCHAR(256) NOT NULL,
    rut VARCHAR(12) NOT NULL,
    correo VARCHAR(320) NOT NULL,
    occurred_at_ms BIGINT NOT NULL,
    message_hash VARCHAR(64) NOT NULL
  )`;

const stagingColumns = 7;

/** Rows one statement can hold: 32,767 bound values at most. */
export const maxStagingRows = Math.floor(32_767 / stagingColumns);

/**
 * Inserts `rows` rows; binds id, nombre, apellido, rut, correo, occurred_at_ms, message_hash of each. They take the
 * types of the staging table's columns: to cast seven thousand of them takes as long as all else that is done with them.
 */
export function insertStaging(rows: number): string {
  const tuples = Array.from({ length: rows }, (_, row) => {
    const first = row * stagingColumns;
    const values = Array.from({ length: stagingColumns }, (__, column) => `$${first + column + 1}`);
    return `(${values.join(', ')})`;
  });
  return `INSERT INTO clientes_staging VALUES ${tuples.join(', ')}`;
}

/** Leaves in the staging table only what is newer than what is stored. */
export const deleteSuperseded = `
  DELETE FROM clientes_staging
  USING clientes_version
  WHERE clientes_staging.id = clientes_version.id
    AND (clientes_version.occurred_at_ms > clientes_staging.occurred_at_ms
      OR (clientes_version.occurred_at_ms = clientes_staging.occurred_at_ms
        AND clientes_version.message_hash >= clientes_staging.message_hash))`;

/** Puts what is left in its place, and drops the staging table: it lives as long as the session. */
export const applyStaging = [
  `DELETE FROM clientes USING clientes_staging WHERE clientes.id = clientes_staging.id`,
  `INSERT INTO clientes (id, nombre, apellido, rut, correo)
   SELECT id, nombre, apellido, rut, correo FROM clientes_staging`,
  `DELETE FROM clientes_version USING clientes_staging WHERE clientes_version.id = clientes_staging.id`,
  `INSERT INTO clientes_version (id, occurred_at_ms, message_hash)
   SELECT id, occurred_at_ms, message_hash FROM clientes_staging`,
  `DROP TABLE clientes_staging`,
] as const;
