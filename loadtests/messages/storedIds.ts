import { runSql, type DataApi } from '../../service/redshift/dataApi.ts';

/** Ids from `first` on, up to `end`, which is not among them. */
export interface IdBlock {
  first: number;
  end: number;
}

const storedSql = `
  SELECT id, COUNT(*) AS copies
  FROM clientes
  WHERE id >= CAST(:first AS BIGINT) AND id < CAST(:end AS BIGINT)
  GROUP BY id`;

/** How many rows the table holds of each id of a block. */
export async function storedIds(api: DataApi, { first, end }: IdBlock): Promise<Map<number, number>> {
  const rows = await runSql(api, storedSql, { first, end });
  return new Map(rows.map((row) => [Number(row['id']), Number(row['copies'])]));
}
