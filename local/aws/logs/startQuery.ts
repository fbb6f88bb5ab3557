import { z } from 'zod';
import { defineAction } from '../action.ts';
import { parseInsightsQuery } from './insightsQuery.ts';
import { runInsightsQuery } from './runInsightsQuery.ts';
import { invalidLogsInput, logGroupNameOf } from './shapes.ts';

export const startQuery = defineAction({
  name: 'StartQuery',
  invalidInput: invalidLogsInput,
  input: z
    .strictObject({
      logGroupName: z.string().optional(),
      logGroupNames: z.array(z.string()).min(1).max(50).optional(),
      logGroupIdentifiers: z.array(z.string()).min(1).max(50).optional(),
      /** Both in seconds, both inclusive. */
      startTime: z.number(),
      endTime: z.number(),
      queryString: z.string().min(1).max(10_000),
      queryLanguage: z.literal('CWLI').optional(),
      limit: z.number().int().min(1).max(10_000).optional(),
    })
    .refine(
      (input) =>
        [input.logGroupName, input.logGroupNames, input.logGroupIdentifiers].filter(Boolean).length === 1,
      { error: 'expected one of logGroupName, logGroupNames and logGroupIdentifiers' },
    ),
  handle: async (input, { state, accountId }) => {
    const commands = parseInsightsQuery(input.queryString);
    const { logGroupName, logGroupNames, logGroupIdentifiers = [] } = input;
    const named = logGroupName === undefined ? logGroupNames : [logGroupName];
    const range = { startMs: input.startTime * 1_000, endMs: (input.endTime + 1) * 1_000 };
    const groups = (named ?? logGroupIdentifiers.map(logGroupNameOf)).map(async (name) =>
      (await state.logGroups.read(name, range)).map((event) => ({ ...event, log: `${accountId}:${name}` })),
    );
    const events = (await Promise.all(groups)).flat().sort((a, b) => a.timestampMs - b.timestampMs);
    const rows = runInsightsQuery(commands, events).slice(0, input.limit);
    return { queryId: state.logQueries.add({ rows, recordsScanned: events.length }) };
  },
});
