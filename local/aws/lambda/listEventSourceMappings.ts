import { z } from 'zod';
import { defineAction } from '../action.ts';
import { page } from '../page.ts';
import { invalidLambdaInput } from './shapes.ts';

/** Lambda gives no more at once, whatever is asked for. */
const pageSize = 100;

export const listEventSourceMappings = defineAction({
  name: 'ListEventSourceMappings',
  invalidInput: invalidLambdaInput,
  input: z.strictObject({
    FunctionName: z.string().optional(),
    EventSourceArn: z.string().optional(),
    Marker: z.string().optional(),
    MaxItems: z.coerce.number().int().min(1).max(10_000).default(pageSize),
  }),
  handle: ({ FunctionName, EventSourceArn, Marker, MaxItems }, { state }) => {
    // By name, by ARN, or by the ARN's end.
    const asked = FunctionName?.replace(/^.*:function:/, '');
    const found = state.functions
      .mappings()
      .filter(
        ({ functionName, eventSourceArn }) =>
          (asked === undefined || functionName === asked) &&
          (EventSourceArn === undefined || eventSourceArn === EventSourceArn),
      );
    const { items, nextToken } = page(found, Math.min(MaxItems, pageSize), Marker, invalidLambdaInput);
    return {
      EventSourceMappings: items.map((mapping) => ({
        UUID: mapping.id,
        EventSourceArn: mapping.eventSourceArn,
        FunctionArn: state.functions.get(mapping.functionName).arn,
        BatchSize: mapping.batchSize,
        MaximumBatchingWindowInSeconds: mapping.batchWindowSeconds,
        FunctionResponseTypes: mapping.reportsFailures ? ['ReportBatchItemFailures'] : [],
        ScalingConfig:
          mapping.maximumConcurrency === undefined
            ? undefined
            : { MaximumConcurrency: mapping.maximumConcurrency },
        State: 'Enabled',
        LastModified: mapping.createdMs / 1_000,
      })),
      NextMarker: nextToken,
    };
  },
});
