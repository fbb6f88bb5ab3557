import { z } from 'zod';
import { defineAction } from '../action.ts';
import { page } from '../page.ts';
import { parseFilterPattern } from './filterPattern.ts';
import { invalidLogsInput, logGroupNameOf, logStreamName } from './shapes.ts';

export const filterLogEvents = defineAction({
  name: 'FilterLogEvents',
  invalidInput: invalidLogsInput,
  input: z
    .strictObject({
      logGroupName: z.string().optional(),
      logGroupIdentifier: z.string().optional(),
      startTime: z.number().default(0),
      /** Inclusive. */
      endTime: z.number().optional(),
      filterPattern: z.string().max(1_024).default(''),
      limit: z.number().int().min(1).max(10_000).default(10_000),
      nextToken: z.string().optional(),
      // Events of all streams come in the order of their time, as asked for or not.
      interleaved: z.boolean().optional(),
    })
    .refine((input) => (input.logGroupName === undefined) !== (input.logGroupIdentifier === undefined), {
      error: 'expected one of logGroupName and logGroupIdentifier',
    }),
  handle: async (input, { state, clock }) => {
    const matches = parseFilterPattern(input.filterPattern);
    const endMs = (input.endTime ?? clock.now()) + 1;
    const name = input.logGroupName ?? logGroupNameOf(input.logGroupIdentifier ?? '');
    const events = await state.logGroups.read(name, { startMs: input.startTime, endMs });
    const found = events.filter(({ message }) => matches(message));
    const { items, nextToken } = page(found, input.limit, input.nextToken, (message) => {
      throw invalidLogsInput(message);
    });
    return {
      events: items.map(({ timestampMs, message }, index) => ({
        logStreamName,
        timestamp: timestampMs,
        ingestionTime: timestampMs,
        message,
        eventId: `${timestampMs}-${index}`,
      })),
      searchedLogStreams: [],
      nextToken,
    };
  },
});
