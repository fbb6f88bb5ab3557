/** How the messages of loads, drills and the seeder are handed to SNS. Imports nothing. */

/** What SNS takes in one call. */
export const largestBatch = 10;
/** Fewer calls a second would make a stream of messages a series of bursts. */
const callsPerSecond = 5;

/** How many messages go out in one call at this rate: one each until there are enough calls for an even stream. */
export const batchSizeAt = (messagesPerSecond: number): number =>
  Math.min(largestBatch, Math.max(1, Math.floor(messagesPerSecond / callsPerSecond)));
