import { z } from 'zod';
import { defineAction } from '../action.ts';
import { page } from '../page.ts';
import { always, groupInput, groupNameOf, invalidLogsInput, logStreamName } from './shapes.ts';

export const describeLogStreams = defineAction({
  name: 'DescribeLogStreams',
  invalidInput: invalidLogsInput,
  input: z
    .strictObject({
      ...groupInput,
      logStreamNamePrefix: z.string().optional(),
      orderBy: z.enum(['LogStreamName', 'LastEventTime']).default('LogStreamName'),
      descending: z.boolean().optional(),
      limit: z.number().int().min(1).max(50).default(50),
      nextToken: z.string().optional(),
    })
    .refine((input) => input.orderBy === 'LogStreamName' || input.logStreamNamePrefix === undefined, {
      error: 'expected no logStreamNamePrefix beside orderBy LastEventTime',
    }),
  handle: async (input, { state, region, accountId }) => {
    const name = groupNameOf(input);
    const events = await state.logGroups.read(name, always);
    const [first] = events;
    const last = events.at(-1);
    // A stream is made by its first line.
    const streams =
      first && last && logStreamName.startsWith(input.logStreamNamePrefix ?? '')
        ? [
            {
              logStreamName,
              creationTime: first.timestampMs,
              firstEventTimestamp: first.timestampMs,
              lastEventTimestamp: last.timestampMs,
              lastIngestionTime: last.timestampMs,
              arn: `arn:aws:logs:${region}:${accountId}:log-group:${name}:log-stream:${logStreamName}`,
              storedBytes: 0,
            },
          ]
        : [];
    const { items, nextToken } = page(streams, input.limit, input.nextToken, invalidLogsInput);
    return { logStreams: items, nextToken };
  },
});
