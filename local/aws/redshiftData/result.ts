import type { QueryArrayResult } from 'pg';
import type { WireDocument } from '../wire.ts';

type Field = 'booleanValue' | 'longValue' | 'doubleValue' | 'stringValue';

/** PostgreSQL's type identifiers: Redshift's name, and the member of a Field that carries the value. */
const types: Readonly<Record<number, { typeName: string; field: Field }>> = {
  16: { typeName: 'bool', field: 'booleanValue' },
  20: { typeName: 'int8', field: 'longValue' },
  21: { typeName: 'int2', field: 'longValue' },
  23: { typeName: 'int4', field: 'longValue' },
  26: { typeName: 'oid', field: 'longValue' },
  700: { typeName: 'float4', field: 'doubleValue' },
  701: { typeName: 'float8', field: 'doubleValue' },
  1042: { typeName: 'bpchar', field: 'stringValue' },
  1082: { typeName: 'date', field: 'stringValue' },
  1114: { typeName: 'timestamp', field: 'stringValue' },
  1184: { typeName: 'timestamptz', field: 'stringValue' },
  1700: { typeName: 'numeric', field: 'stringValue' },
};
const text = { typeName: 'varchar', field: 'stringValue' } as const;

export interface StatementResult {
  columns: WireDocument[];
  /** Rows of Field records. */
  records: WireDocument[][];
  /** Rows returned or written; -1 where the statement counts none. */
  rowCount: number;
  sizeBytes: number;
}

/** A result as the Data API tells it, from rows of untouched text. */
export function toStatementResult(result: QueryArrayResult<(string | null)[]>): StatementResult {
  const columnTypes = result.fields.map(({ dataTypeID }) => types[dataTypeID] ?? text);
  return {
    columns: result.fields.map(({ name }, index) => ({
      name,
      label: name,
      typeName: columnTypes[index]?.typeName,
      nullable: 2,
    })),
    records: result.rows.map((row) =>
      row.map((value, index) => toField(value, columnTypes[index]?.field ?? 'stringValue')),
    ),
    rowCount: result.rowCount ?? -1,
    sizeBytes: result.rows.reduce(
      (size, row) => size + row.reduce((rowSize, value) => rowSize + (value?.length ?? 0), 0),
      0,
    ),
  };
}

function toField(value: string | null, field: Field): WireDocument {
  if (value === null) return { isNull: true };
  switch (field) {
    case 'booleanValue':
      return { booleanValue: value === 't' };
    case 'longValue':
      return { longValue: Number(value) };
    case 'doubleValue':
      return { doubleValue: Number(value) };
    case 'stringValue':
      return { stringValue: value };
  }
}
