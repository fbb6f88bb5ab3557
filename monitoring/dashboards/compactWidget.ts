/** A widget as CloudWatch reads it. */
export interface WidgetJson {
  type: string;
  properties: { metrics?: unknown[][]; period?: number; stat?: string } & Record<string, unknown>;
}

type Options = Record<string, unknown>;

/**
 * The same widget in fewer characters, by CloudWatch's own shorthands: what all metrics share is said once
 * for the widget, and `...` repeats the names of the metric before. At 200 systems the dashboards would not
 * fit into a template otherwise.
 */
export function compactWidget(widget: WidgetJson): WidgetJson {
  if (widget.type !== 'metric' || !widget.properties.metrics) return widget;
  const metrics = alikeTogether(widget.properties.metrics);
  const shared = Object.fromEntries(
    (['period', 'stat'] as const).flatMap((key) => {
      const [first, ...others] = metrics.map((metric) => optionsOf(metric)[key]);
      const same = first !== undefined && others.every((value) => value === first);
      return same ? [[key, first] as const] : [];
    }),
  );
  const shorter = metrics.map((metric, index) => {
    const options = Object.fromEntries(Object.entries(optionsOf(metric)).filter(([key]) => !(key in shared)));
    const names = metric.slice(0, -1);
    return [...shortNames(names, metrics[index - 1]?.slice(0, -1)), options];
  });
  return { ...widget, properties: { ...widget.properties, ...shared, metrics: shorter } };
}

/** Expressions first, then metrics of one name after each other; lines keep their order. */
function alikeTogether(metrics: readonly unknown[][]): unknown[][] {
  const kinds = [...new Set(metrics.map(kindOf))].sort(
    (a, b) => Number(a !== expression) - Number(b !== expression),
  );
  return kinds.flatMap((kind) => metrics.filter((metric) => kindOf(metric) === kind));
}

const expression = '[]';

/** A metric's names without the last dimension's value. */
const kindOf = (metric: unknown[]): string => JSON.stringify(metric.slice(0, -2));

/** CDK ends every metric with its options, the label among them. */
const optionsOf = (metric: unknown[]): Options => metric.at(-1) as Options;

/** Only the last dimension's value where the rest repeats; an expression has no names. */
function shortNames(names: unknown[], before: unknown[] | undefined): unknown[] {
  const repeats =
    before !== undefined &&
    names.length > 2 &&
    before.length === names.length &&
    names.slice(0, -1).every((name, index) => name === before[index]);
  return repeats ? ['...', names.at(-1)] : names;
}
