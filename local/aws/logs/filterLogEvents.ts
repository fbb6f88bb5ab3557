import { z } from 'zod';
import { defineAction } from '../action.ts';
import { parseFilterPattern } from './filterPattern.ts';
import { eventIdOf, isAfter, placed, positionAfter, readToken, tokenOf } from './position.ts';
import { groupInput, groupNameOf, invalidLogsInput, logStreamName } from './shapes.ts';

export const filterLogEvents = defineAction({
  name: 'FilterLogEvents',
  invalidInput: invalidLogsInput,
  input: z.strictObject({
    ...groupInput,
    logStreamNames: z.array(z.string()).min(1).max(100).optional(),
    logStreamNamePrefix: z.string().default(''),
    startTime: z.number().default(0),
    /** Inclusive. */
    endTime: z.number().optional(),
    filterPattern: z.string().max(1_024).default(''),
    limit: z.number().int().min(1).max(10_000).default(10_000),
    nextToken: z.string().optional(),
    // Events of all streams come in the order of their time, as asked for or not.
    interleaved: z.boolean().optional(),
  }),
  handle: async (input, { state, clock }) => {
    const matches = parseFilterPattern(input.filterPattern);
    const range = { startMs: input.startTime, endMs: (input.endTime ?? clock.now()) + 1 };
    const events = placed(await state.logGroups.read(groupNameOf(input), range));
    const isAsked =
      (input.logStreamNames?.includes(logStreamName) ?? true) &&
      logStreamName.startsWith(input.logStreamNamePrefix);
    const from = input.nextToken === undefined ? undefined : readToken(input.nextToken).position;
    const found = events.filter(
      (event) => isAsked && matches(event.message) && (from === undefined || isAfter(event, from)),
    );
    const page = found.slice(0, input.limit);
    const last = page.at(-1);
    return {
      events: page.map((event) => ({
        logStreamName,
        timestamp: event.timestampMs,
        ingestionTime: event.timestampMs,
        message: event.message,
        eventId: eventIdOf(event),
      })),
      searchedLogStreams: [],
      nextToken: last && page.length < found.length ? tokenOf('f', positionAfter(last)) : undefined,
    };
  },
});
