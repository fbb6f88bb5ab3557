import { z } from 'zod';
import { defineAction } from '../action.ts';

export const getCallerIdentity = defineAction({
  name: 'GetCallerIdentity',
  input: z.strictObject({}),
  handle: (_input, { accountId }) => ({
    Arn: `arn:aws:iam::${accountId}:root`,
    UserId: accountId,
    Account: accountId,
  }),
});
