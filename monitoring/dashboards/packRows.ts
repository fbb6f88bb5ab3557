/** What CloudWatch accepts on one dashboard; inputs of metric math count as metrics. */
const limits = { widgets: 500, metrics: 2_500 } as const;

/** Widgets that every dashboard has beside its rows: the links. */
const extraWidgets = 1;

export interface CountedRow {
  widgetCount: number;
  metricCount: number;
}

/** Fills dashboards with rows, in order, opening another one where the next row has no room. */
export function packRows<Row extends CountedRow>(rows: readonly Row[]): Row[][] {
  const pages: Row[][] = [];
  let widgets = 0;
  let metrics = 0;
  for (const row of rows) {
    const page = pages.at(-1);
    const fits =
      extraWidgets + widgets + row.widgetCount <= limits.widgets &&
      metrics + row.metricCount <= limits.metrics;
    if (page && fits) page.push(row);
    else {
      pages.push([row]);
      widgets = 0;
      metrics = 0;
    }
    widgets += row.widgetCount;
    metrics += row.metricCount;
  }
  return pages;
}
