import { resourcesOf, roughly, type Rule } from './template.ts';

/** What CloudWatch draws; a metric that an expression reads counts. */
const limits = { widgets: 500, metricsAWidget: 500, metrics: 2_500 };

interface Body {
  widgets?: { properties?: { metrics?: unknown[] } }[];
}

export const dashboards: Rule = {
  name: 'dashboards',
  check: (template) =>
    resourcesOf(template, 'AWS::CloudWatch::Dashboard').flatMap(([id, properties]) => {
      const body = parse(roughly(properties['DashboardBody']));
      if (!body?.widgets) return [`${id}: its body is not the JSON of a dashboard`];
      const metrics = body.widgets.map((widget) => widget.properties?.metrics?.length ?? 0);
      const over = (count: number, limit: number, what: string) =>
        count > limit && `${id}: ${count} ${what}, ${limit} are drawn`;
      return [
        over(body.widgets.length, limits.widgets, 'widgets'),
        over(Math.max(0, ...metrics), limits.metricsAWidget, 'metrics in one widget'),
        over(
          metrics.reduce((sum, count) => sum + count, 0),
          limits.metrics,
          'metrics',
        ),
      ].filter((finding) => finding !== false);
    }),
};

function parse(text: string): Body | undefined {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return undefined;
  }
}
