import { z } from 'zod';
import { defineAction } from '../action.ts';
import { invalidLogsInput } from './shapes.ts';

export const getQueryResults = defineAction({
  name: 'GetQueryResults',
  invalidInput: invalidLogsInput,
  input: z.strictObject({ queryId: z.string() }),
  handle: ({ queryId }, { state }) => {
    const { rows, recordsScanned } = state.logQueries.get(queryId);
    return {
      queryLanguage: 'CWLI',
      status: 'Complete',
      statistics: { recordsMatched: rows.length, recordsScanned },
      results: rows.map((row) => [...row].map(([field, value]) => ({ field, value }))),
    };
  },
});
