import { limits } from '../../monitoring/limits.ts';
import { runSql } from '../../service/redshift/dataApi.ts';
import type { Observations } from '../observations.ts';
import { isPoisonId } from '../poison.ts';
import { adminDataApi } from './dataApi.ts';
import type { ObserverContext } from './observer.ts';

const storedSql = `
  SELECT id, COUNT(*) AS copies
  FROM clientes
  WHERE id >= CAST(:first AS BIGINT) AND id < CAST(:end AS BIGINT)
  GROUP BY id`;

/** How many rows the table holds of each id of the drill's block; how much poison is among them, it notes. */
export async function storedIds(
  { document, poisonStored }: Observations,
  { clients, clock, firstId }: ObserverContext,
): Promise<Map<number, number>> {
  const rows = await runSql(adminDataApi(document, clients.dataApi, clock), storedSql, {
    first: firstId,
    end: firstId + limits.drill.messageIds.blockSize,
  });
  const stored = new Map(rows.map((row) => [Number(row['id']), Number(row['copies'])]));
  const value = [...stored.keys()].filter((id) => isPoisonId(id, firstId)).length;
  poisonStored.push({ atMs: clock.now(), value });
  return stored;
}
