import { z } from 'zod';
import { defineAction } from '../action.ts';
import { AwsError } from '../errors.ts';
import {
  isAfter,
  placed,
  positionAfter,
  positionBefore,
  readToken,
  tokenOf,
  type PlacedEvent,
  type Position,
} from './position.ts';
import { groupInput, groupNameOf, invalidLogsInput, logStreamName } from './shapes.ts';

export const getLogEvents = defineAction({
  name: 'GetLogEvents',
  invalidInput: invalidLogsInput,
  input: z.strictObject({
    ...groupInput,
    logStreamName: z.string(),
    startTime: z.number().default(0),
    /** Exclusive. */
    endTime: z.number().default(Infinity),
    startFromHead: z.boolean().default(false),
    limit: z.number().int().min(1).max(10_000).default(10_000),
    nextToken: z.string().optional(),
  }),
  handle: async (input, { state }) => {
    const range = { startMs: input.startTime, endMs: input.endTime };
    const events = placed(await state.logGroups.read(groupNameOf(input), range));
    if (input.logStreamName !== logStreamName) {
      throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
    }
    const { page, from } = pageOf(events, input);
    const [first] = page;
    const last = page.at(-1);
    return {
      events: page.map(({ timestampMs, message }) => ({
        timestamp: timestampMs,
        message,
        ingestionTime: timestampMs,
      })),
      // At an end of the stream the token is the one that was asked with: that is how clients know.
      nextForwardToken: tokenOf('f', last ? positionAfter(last) : from),
      nextBackwardToken: tokenOf('b', first ? positionBefore(first) : from),
    };
  },
});

/** The events asked for, oldest first, and where they were looked for. */
function pageOf(
  events: readonly PlacedEvent[],
  input: { nextToken?: string | undefined; startFromHead: boolean; limit: number; startTime: number },
): { page: PlacedEvent[]; from: Position } {
  const { nextToken, startFromHead, limit, startTime } = input;
  if (nextToken === undefined) {
    const page = startFromHead ? events.slice(0, limit) : events.slice(-limit);
    return { page, from: { timestampMs: startTime, after: 0 } };
  }
  const { direction, position: from } = readToken(nextToken);
  return direction === 'f'
    ? { page: events.filter((event) => isAfter(event, from)).slice(0, limit), from }
    : { page: events.filter((event) => !isAfter(event, from)).slice(-limit), from };
}
