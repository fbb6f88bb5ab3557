import type { ServiceDefinition } from '../../fleet/service.ts';
import { runSql, type DataApi } from '../../service/redshift/dataApi.ts';
import { quoteIdentifier } from '../../service/redshift/literals.ts';

/** Ids from `first` on, up to `end`, which is not among them. */
export interface IdBlock {
  first: number;
  end: number;
  /** Where the table is, on a stage that is made for one run in another one's database. */
  schema?: string | undefined;
}

/** A table of the stage that a block is of, for SQL. */
export const tableOf = (table: string, { schema }: IdBlock): string =>
  schema === undefined ? quoteIdentifier(table) : `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`;

function storedSql({ rows: [counted] }: Pick<ServiceDefinition, 'rows'>, block: IdBlock): string {
  const { table = '', id = '' } = counted ?? {};
  const key = quoteIdentifier(id);
  return `
    SELECT ${key} AS id, COUNT(*) AS copies
    FROM ${tableOf(table, block)}
    WHERE ${key} >= CAST(:first AS BIGINT) AND ${key} < CAST(:end AS BIGINT)
    GROUP BY ${key}`;
}

/** How many rows the service's table holds of each id of a block. */
export async function storedIds(
  api: DataApi,
  service: Pick<ServiceDefinition, 'rows'>,
  block: IdBlock,
): Promise<Map<number, number>> {
  const { first, end } = block;
  const rows = await runSql(api, storedSql(service, block), { first, end });
  return new Map(rows.map((row) => [Number(row['id']), Number(row['copies'])]));
}
