import { z } from 'zod';
import { parseFilterPattern } from '../aws/logs/filterPattern.ts';
import { TemplateError } from '../errors.ts';
import { cfnNumber, defineResource, generatedName } from './define.ts';

const transformationSchema = z.strictObject({
  MetricNamespace: z.string().min(1),
  MetricName: z.string().min(1),
  MetricValue: z.coerce.number({
    error: 'expected a number: a field of the line is not supported on this stage',
  }),
  /** Published for each line that does not match; left out, nothing is. */
  DefaultValue: cfnNumber.optional(),
  Unit: z.string().optional(),
});

/** Counts the lines of a log group that match a pattern, as they are written. */
export const metricFilter = defineResource(
  'AWS::Logs::MetricFilter',
  {
    FilterName: z.string().optional(),
    LogGroupName: z.string(),
    FilterPattern: z.string(),
    MetricTransformations: z.array(transformationSchema).length(1),
  },
  (properties, { logGroups, metrics, clock }, scope) => {
    const [transformation] = properties.MetricTransformations as [z.output<typeof transformationSchema>];
    let matches: (line: string) => boolean;
    try {
      matches = parseFilterPattern(properties.FilterPattern);
    } catch (error) {
      throw new TemplateError(scope.where, (error as Error).message, { cause: error });
    }
    const { MetricNamespace: namespace, MetricName: name, MetricValue, DefaultValue, Unit } = transformation;
    logGroups.add(properties.LogGroupName, clock.now()).filters.push(({ timestampMs, message }) => {
      const value = matches(message) ? MetricValue : DefaultValue;
      if (value === undefined) return;
      metrics.put({
        namespace,
        name,
        dimensions: {},
        timestampMs,
        value,
        ...(Unit !== undefined && { unit: Unit }),
      });
    });
    return { ref: properties.FilterName ?? generatedName(scope) };
  },
);
