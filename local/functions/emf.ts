import { z } from 'zod';
import type { MetricSample } from '../sampler/metricSample.ts';

const metadataSchema = z.object({
  Timestamp: z.number(),
  CloudWatchMetrics: z.array(
    z.object({
      Namespace: z.string().min(1),
      Dimensions: z.array(z.array(z.string()).max(30)),
      Metrics: z.array(z.object({ Name: z.string().min(1), Unit: z.string().default('None') })).max(100),
    }),
  ),
});

const valuesSchema = z.union([z.number(), z.array(z.number()).max(100)]);

/** A quick look that spares most log lines the parsing. */
export const looksLikeEmf = (line: string): boolean =>
  line.startsWith('{') && line.includes('"_aws"') && line.includes('"CloudWatchMetrics"');

/**
 * The metrics of a line in the Embedded Metric Format: one sample for each metric and dimension set.
 * @throws Error saying what is wrong with the line; CloudWatch would drop it.
 */
export function parseEmf(line: string): MetricSample[] {
  const root = JSON.parse(line) as Record<string, unknown>;
  const parsed = metadataSchema.safeParse(root['_aws']);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error), { cause: parsed.error });
  const samples: MetricSample[] = [];
  for (const directive of parsed.data.CloudWatchMetrics) {
    for (const { Name, Unit } of directive.Metrics) {
      const values = valuesSchema.safeParse(root[Name]);
      if (!values.success) throw new Error(`metric ${Name}: expected a number, or up to 100 of them`);
      for (const keys of directive.Dimensions) {
        samples.push({
          namespace: directive.Namespace,
          name: Name,
          dimensions: Object.fromEntries(keys.map((key) => [key, dimensionValue(root, key)])),
          timestampMs: parsed.data.Timestamp,
          values: typeof values.data === 'number' ? [values.data] : values.data,
          unit: Unit,
        });
      }
    }
  }
  return samples;
}

function dimensionValue(root: Record<string, unknown>, key: string): string {
  const value = root[key];
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`dimension ${key}: expected a text beside _aws`);
}
