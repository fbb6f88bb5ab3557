import type { ServiceDefinition } from '../../fleet/service.ts';
import { limits } from '../../monitoring/limits.ts';
import { runSql, runTransaction, type DataApi } from '../../service/redshift/dataApi.ts';
import { quoteIdentifier } from '../../service/redshift/literals.ts';
import { tableOf, type IdBlock } from './storedIds.ts';

type Tables = Pick<ServiceDefinition, 'rows' | 'lock'>;

/**
 * How many different ids of a block the service's table holds.
 * @throws RangeError for ids that are not set apart for tests (`limits.testIds`); StatementError
 */
export async function countTestIds(api: DataApi, { rows }: Tables, block: IdBlock): Promise<number> {
  const [{ table, id } = { table: '', id: '' }] = rows;
  const [row] = await runSql(
    api,
    `SELECT COUNT(DISTINCT ${quoteIdentifier(id)}) AS ids FROM ${tableOf(table, block)} ${whereIn(id, block)}`,
  );
  return Number(row?.['ids'] ?? 0);
}

/**
 * Removes what the service's tables hold of a block of ids, or nothing. Where its writers follow one another by a lock,
 * so does this: neither meets a conflict. Safe to repeat; what is still on its way to the tables is stored afterwards.
 * @throws RangeError for ids that are not set apart for tests (`limits.testIds`); StatementError, then nothing is removed
 */
export async function removeTestRows(api: DataApi, { rows, lock }: Tables, block: IdBlock): Promise<void> {
  await runTransaction(api, [
    ...(lock === undefined ? [] : [`LOCK TABLE ${tableOf(lock, block)}`]),
    ...rows.map(({ table, id }) => `DELETE FROM ${tableOf(table, block)} ${whereIn(id, block)}`),
  ]);
}

/** Says the range that is set apart once more: whatever was asked for, no other row is touched. */
function whereIn(column: string, { first, end }: IdBlock): string {
  const { first: lowest, end: highest } = limits.testIds;
  const exact = Number.isSafeInteger(first) && Number.isSafeInteger(end);
  if (!exact || first < lowest || end > highest) {
    throw new RangeError(
      `ids from ${first} to below ${end} are not all set apart for tests: those from ${lowest} to below ${highest} are`,
    );
  }
  const id = quoteIdentifier(column);
  return `WHERE ${id} >= ${first} AND ${id} < ${end} AND ${id} >= ${lowest} AND ${id} < ${highest}`;
}
