import { z } from 'zod';

/** What decides nothing here, for the reason given. */
const inert = (reason: string) => z.unknown().optional().describe(reason);

const axisSchema = z.strictObject({
  label: z.string().default(''),
  min: z.number().nullable().default(null),
  max: z.number().nullable().default(null),
  showUnits: inert('the label says the unit'),
});

const side = z.enum(['left', 'right']).default('left');

/** Options at the end of a metric's row. */
const lineOptionsSchema = z.strictObject({
  expression: z.string().optional(),
  id: z.string().optional(),
  label: z.string().optional(),
  color: z.string().optional(),
  visible: z.boolean().default(true),
  yAxis: side,
  period: z.number().optional(),
  stat: z.string().optional(),
  region: inert('there is one region'),
  accountId: inert('there is one account'),
});

const annotationsSchema = z.strictObject({
  horizontal: z
    .array(
      z.strictObject({
        value: z.number(),
        label: z.string().default(''),
        color: z.string().optional(),
        visible: z.boolean().default(true),
        yAxis: side,
        fill: z.literal('none').optional(),
      }),
    )
    .default([]),
  vertical: z
    .array(
      z.strictObject({
        value: z.iso.datetime({ offset: true }),
        label: z.string().default(''),
        color: z.string().optional(),
        visible: z.boolean().default(true),
        fill: z.literal('none').optional(),
      }),
    )
    .default([]),
  /** ARN of the one alarm whose metric is drawn with its threshold. */
  alarms: z.array(z.string()).max(1).default([]),
});

export const metricPropertiesSchema = z.strictObject({
  title: z.string().default(''),
  view: z.enum(['timeSeries', 'singleValue']).default('timeSeries'),
  stacked: z.literal(false).default(false),
  metrics: z.array(z.array(z.union([z.string(), lineOptionsSchema])).min(1)).default([]),
  period: z.number().default(300),
  stat: z.string().default('Average'),
  yAxis: z.strictObject({ left: axisSchema.optional(), right: axisSchema.optional() }).default({}),
  annotations: annotationsSchema.default({ horizontal: [], vertical: [], alarms: [] }),
  region: inert('there is one region'),
  accountId: inert('there is one account'),
  legend: inert('the legend is always below'),
  liveData: inert('whole periods are drawn'),
  setPeriodToTimeRange: inert('a number is that of the newest period'),
  timezone: inert('times are UTC'),
  start: inert('the page chooses the range'),
  end: inert('the page chooses the range'),
});

export const textPropertiesSchema = z.strictObject({
  markdown: z.string(),
  background: inert('drawn as the page is'),
});

export const alarmPropertiesSchema = z.strictObject({
  title: z.string().default('Alarms'),
  alarms: z.array(z.string()),
  sortBy: inert('those that went off are first'),
  states: z.undefined({ error: 'not drawn here' }).optional(),
});

/** A dashboard's body, as CloudWatch takes it; a widget's properties are checked apart, by its type. */
export const dashboardBodySchema = z.object({
  widgets: z
    .array(
      z.object({
        type: z.string(),
        x: z.number().int().min(0).max(23),
        y: z.number().int().min(0),
        width: z.number().int().min(1).max(24),
        height: z.number().int().min(1),
        properties: z.record(z.string(), z.unknown()),
      }),
    )
    .default([]),
});

export type MetricProperties = z.output<typeof metricPropertiesSchema>;
type LineOptions = z.output<typeof lineOptionsSchema>;

/** A row of `metrics`, its shorthands resolved. */
export interface MetricRow {
  /** Namespace, metric, then dimensions' names and values in turn; empty for an expression. */
  path: string[];
  options: LineOptions;
}

/**
 * Resolves the shorthands of rows: "." is what stands at this place in the row before, "..." all that
 * stands before this row's own ends there.
 */
export function expandRows(rows: MetricProperties['metrics']): MetricRow[] {
  let previous: string[] = [];
  return rows.map((row) => {
    const options = row.findLast((item) => typeof item !== 'string') ?? lineOptionsSchema.parse({});
    const items = row.filter((item) => typeof item === 'string');
    const path = (
      items[0] === '...'
        ? [...previous.slice(0, previous.length - items.length + 1), ...items.slice(1)]
        : items
    ).map((item, index) => (item === '.' ? (previous[index] ?? item) : item));
    if (options.expression === undefined) previous = path;
    return { path, options };
  });
}
