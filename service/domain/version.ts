import { hash } from 'node:crypto';
import type { Message } from './message.ts';

/** Which of two events about a client is the newer: the later one, and at the same millisecond the one with
 * the larger hash, so that every subscriber decides alike in whatever order they arrive. */
export interface Version {
  /** Milliseconds since the Unix epoch, UTC. */
  occurredAtMs: number;
  /** SHA-256 of the canonical message: 64 lower-case hexadecimal digits. */
  hash: string;
}

/** A message with its version. */
export interface VersionedMessage {
  message: Message;
  version: Version;
}

/** The canonical message is the JSON array of its fields in the contract's order. */
export function versionOf(message: Message): Version {
  const { schemaVersion, id, nombre, apellido, rut, correo, occurredAt } = message;
  const canonical = JSON.stringify([schemaVersion, id, nombre, apellido, rut, correo, occurredAt]);
  return { occurredAtMs: Date.parse(occurredAt), hash: hash('sha256', canonical, 'hex') };
}

/** Whether `a` is newer than `b`; of two equal ones neither is. */
export const isNewer = (a: Version, b: Version): boolean =>
  a.occurredAtMs === b.occurredAtMs ? a.hash > b.hash : a.occurredAtMs > b.occurredAtMs;

/** The newest message of each client, one a client. */
export function newestOfEach(messages: readonly Message[]): VersionedMessage[] {
  const newest = new Map<number, VersionedMessage>();
  for (const message of messages) {
    const version = versionOf(message);
    const known = newest.get(message.id);
    if (!known || isNewer(version, known.version)) newest.set(message.id, { message, version });
  }
  return [...newest.values()];
}
