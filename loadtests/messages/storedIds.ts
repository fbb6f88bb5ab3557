import { runSql, type DataApi } from '../../service/redshift/dataApi.ts';

/** Ids from `first` on, up to `end`, which is not among them. */
export interface IdBlock {
  first: number;
  end: number;
  /** Where the table is, on a stage that is made for one run in another one's database. */
  schema?: string | undefined;
}

const storedSql = (schema: string | undefined): string => `
  SELECT id, COUNT(*) AS copies
  FROM ${schema === undefined ? '' : `"${schema}".`}clientes
  WHERE id >= CAST(:first AS BIGINT) AND id < CAST(:end AS BIGINT)
  GROUP BY id`;

/** How many rows the table holds of each id of a block. */
export async function storedIds(api: DataApi, { first, end, schema }: IdBlock): Promise<Map<number, number>> {
  const rows = await runSql(api, storedSql(schema), { first, end });
  return new Map(rows.map((row) => [Number(row['id']), Number(row['copies'])]));
}
