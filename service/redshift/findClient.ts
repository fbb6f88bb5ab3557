import type { ClientBase } from 'pg';
import type { Client } from '../domain/client.ts';
import { apiErrors } from '../apiErrors.ts';
import { CallerError } from '../errors.ts';
import { selectClient } from './sql.ts';

/**
 * The client of an id, or undefined when there is none.
 * @throws CallerError `clientAmbiguous` when the table, which has no key, holds more than one: whichever
 *   was answered could be the wrong one.
 */
export async function findClient(client: ClientBase, id: number): Promise<Client | undefined> {
  // By its name a connection parses and plans it once. `pg` hands a BIGINT over as text.
  const { rows } = await client.query<Omit<Client, 'id'> & { id: string }>({
    name: 'client',
    text: selectClient,
    values: [id],
  });
  const [row] = rows;
  if (rows.length > 1)
    throw new CallerError(apiErrors, 'clientAmbiguous', `an id has ${rows.length} clients`);
  return row && { ...row, id: Number(row.id) };
}
