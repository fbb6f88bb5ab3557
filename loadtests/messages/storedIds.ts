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

function storedSql({ rows: [counted] }: Pick<ServiceDefinition, 'rows'>, schema: string | undefined): string {
  const { table = '', id = '' } = counted ?? {};
  const [key, name] = [quoteIdentifier(id), quoteIdentifier(table)];
  return `
    SELECT ${key} AS id, COUNT(*) AS copies
    FROM ${schema === undefined ? name : `${quoteIdentifier(schema)}.${name}`}
    WHERE ${key} >= CAST(:first AS BIGINT) AND ${key} < CAST(:end AS BIGINT)
    GROUP BY ${key}`;
}

/** How many rows the service's table holds of each id of a block. */
export async function storedIds(
  api: DataApi,
  service: Pick<ServiceDefinition, 'rows'>,
  { first, end, schema }: IdBlock,
): Promise<Map<number, number>> {
  const rows = await runSql(api, storedSql(service, schema), { first, end });
  return new Map(rows.map((row) => [Number(row['id']), Number(row['copies'])]));
}
