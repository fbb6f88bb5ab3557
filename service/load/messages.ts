import type { Poison } from '../../fleet/serviceLoad.ts';
import { clientOf } from './clients.ts';

const schemaVersion = 1;

/** What tells a system of a new client, at this instant (milliseconds since the epoch). */
export const message = (id: number, atMs: number): string =>
  JSON.stringify({ schemaVersion, ...clientOf(id), occurredAt: new Date(atMs).toISOString() });

/** The client that a message tells of; null for what is none. */
export function idOf(body: string): number | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'number'
    ? value.id
    : null;
}

/** A year that the contract takes and that is not to come soon. */
const farAhead = '2099-12-31T23:59:59.999Z';
const longAgo = '2000-01-01T00:00:00.000Z';

/** One message of each kind that the subscriber gives up at once. */
export function poison(firstId: number, mark: string): Poison[] {
  const client = (kind: number) => ({
    schemaVersion,
    ...clientOf(firstId + kind),
    nombre: mark,
    apellido: 'poison',
    occurredAt: longAgo,
  });
  return [
    { body: `${mark}: ${firstId}, no JSON`, reason: 'messageNotJson' },
    {
      body: JSON.stringify({ ...client(0), schemaVersion: schemaVersion + 1 }),
      reason: 'messageVersionUnsupported',
    },
    { body: JSON.stringify({ ...client(1), correo: 'no address' }), reason: 'messageInvalid' },
    { body: JSON.stringify({ ...client(2), occurredAt: farAhead }), reason: 'messageInvalid' },
  ];
}
