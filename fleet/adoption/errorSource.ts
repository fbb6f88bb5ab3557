import * as z from 'zod';

/** By what a failed answer is known. */
export const errorSourceSchema = z.union(
  [
    /** A metric of API Gateway: 4XXError for an API that answers 400 where its database is down. */
    z.strictObject({ metric: z.enum(['5XXError', '4XXError']) }),
    /** Lines of the API's log group, by a filter pattern of CloudWatch Logs. */
    z.strictObject({ logPattern: z.string().min(1).max(1_024) }),
  ],
  { error: "expected { metric: '5XXError' | '4XXError' } or { logPattern: '…' }" },
);

export type ErrorSource = z.output<typeof errorSourceSchema>;

/** What our own service keeps to: an outage is a 5xx. */
export const serverErrorsOnly: ErrorSource = { metric: '5XXError' };
