/**
 * The messages that loads, drills and the seeder publish. Imports only what imports nothing, so that k6 and Node load
 * the same file.
 */
import { clientOf, type Client } from './clients.ts';

/** As the service's contract has it. */
export interface ClientMessage extends Client {
  schemaVersion: 1;
  /** ISO 8601 in UTC, with milliseconds. */
  occurredAt: string;
}

/** What tells the system of a new client, at this instant (milliseconds since the epoch). */
export const messageOf = (id: number, atMs: number): ClientMessage => ({
  schemaVersion: 1,
  ...clientOf(id),
  occurredAt: new Date(atMs).toISOString(),
});

/** What SNS takes in one call. */
export const largestBatch = 10;
/** Fewer calls a second would make a stream of messages a series of bursts. */
const callsPerSecond = 5;

/** How many messages go out in one call at this rate: one each until there are enough calls for an even stream. */
export const batchSizeAt = (messagesPerSecond: number): number =>
  Math.min(largestBatch, Math.max(1, Math.floor(messagesPerSecond / callsPerSecond)));
