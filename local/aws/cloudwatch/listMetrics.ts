import { z } from 'zod';
import { defineAction } from '../action.ts';
import { refusalAs } from '../errors.ts';
import { invalidParameterValue } from '../../../cloudwatch/errors.ts';
import { page } from '../page.ts';

const pageSize = 500;

export const listMetrics = defineAction({
  name: 'ListMetrics',
  invalidInput: invalidParameterValue,
  input: z.strictObject({
    Namespace: z.string().optional(),
    MetricName: z.string().optional(),
    Dimensions: z
      .array(z.strictObject({ Name: z.string(), Value: z.string().optional() }))
      .max(10)
      .default([]),
    // Nothing older than three hours is kept.
    RecentlyActive: z.literal('PT3H').optional(),
    NextToken: z.string().optional(),
  }),
  handle: ({ Namespace, MetricName, Dimensions, NextToken }, { state }) => {
    const found = state.metrics
      .list()
      .filter(({ namespace }) => Namespace === undefined || namespace === Namespace)
      .filter(({ name }) => MetricName === undefined || name === MetricName)
      .filter(({ dimensions }) =>
        Dimensions.every(({ Name, Value }) =>
          Value === undefined ? Object.hasOwn(dimensions, Name) : dimensions[Name] === Value,
        ),
      );
    const { items, nextToken } = page(found, pageSize, NextToken, refusalAs('InvalidNextToken'));
    return {
      Metrics: items.map(({ namespace, name, dimensions }) => ({
        Namespace: namespace,
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      })),
      NextToken: nextToken,
    };
  },
});
