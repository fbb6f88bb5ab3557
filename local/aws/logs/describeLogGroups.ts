import { z } from 'zod';
import { defineAction } from '../action.ts';
import { page } from '../page.ts';
import { invalidLogsInput } from './shapes.ts';

export const describeLogGroups = defineAction({
  name: 'DescribeLogGroups',
  invalidInput: invalidLogsInput,
  input: z.strictObject({
    logGroupNamePrefix: z.string().default(''),
    limit: z.number().int().min(1).max(50).default(50),
    nextToken: z.string().optional(),
  }),
  handle: ({ logGroupNamePrefix, limit, nextToken: token }, { state, region, accountId }) => {
    const found = state.logGroups.all().filter(({ name }) => name.startsWith(logGroupNamePrefix));
    const { items, nextToken } = page(found, limit, token, invalidLogsInput);
    return {
      logGroups: items.map(({ name, createdMs }) => {
        const logGroupArn = `arn:aws:logs:${region}:${accountId}:log-group:${name}`;
        return { logGroupName: name, creationTime: createdMs, arn: `${logGroupArn}:*`, logGroupArn };
      }),
      nextToken,
    };
  },
});
