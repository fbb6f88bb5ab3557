import type { ClientBase } from 'pg';
import type { Client } from '../domain/client.ts';
import { selectClient } from './sql.ts';

/** The client of an id, or undefined when there is none. */
export async function findClient(client: ClientBase, id: number): Promise<Client | undefined> {
  // `pg` hands a BIGINT over as text.
  const { rows } = await client.query<Omit<Client, 'id'> & { id: string }>(selectClient, [id]);
  const [row] = rows;
  return row && { ...row, id: Number(row.id) };
}
