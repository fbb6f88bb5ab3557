import { resourcesOf, type Template } from '../rules/template.ts';

/** How much of what is limited or paid for there is. */
export interface Counts {
  resources: Record<string, number>;
  /** Metrics that single and math alarms look at. */
  alarmMetrics: number;
  fastAlarmMetrics: number;
  webAclRules: number;
}

/** A stage as a straight line: what it has once, and what each system adds. */
export interface Inventory {
  once: Counts;
  perSystem: Counts;
}

/** What the templates of a stage with one system and of the same with two say. */
export function inventoryOf(one: readonly Template[], two: readonly Template[]): Inventory {
  const first = countsOf(one);
  const perSystem = combine(countsOf(two), first, (a, b) => a - b);
  return { once: combine(first, perSystem, (a, b) => a - b), perSystem };
}

/** The same with so many systems. */
export const countsAt = ({ once, perSystem }: Inventory, systems: number): Counts =>
  combine(once, perSystem, (a, b) => a + b * systems);

function countsOf(templates: readonly Template[]): Counts {
  const all = (type: string) =>
    templates.flatMap((template) => resourcesOf(template, type).map(([, one]) => one));
  const resources: Record<string, number> = {};
  for (const { Type } of templates.flatMap(({ Resources }) => Object.values(Resources))) {
    resources[Type] = (resources[Type] ?? 0) + 1;
  }
  const alarms = all('AWS::CloudWatch::Alarm');
  const metricsOf = (alarm: Record<string, unknown>): number =>
    alarm['MetricName'] === undefined
      ? ((alarm['Metrics'] ?? []) as { MetricStat?: unknown }[]).filter(({ MetricStat }) => MetricStat).length
      : 1;
  const isFast = ({ Period = 60 }: Record<string, unknown>): boolean => Number(Period) < 60;
  const metrics = (fast: boolean): number =>
    sum(alarms.filter((alarm) => isFast(alarm) === fast).map(metricsOf));
  return {
    resources,
    alarmMetrics: metrics(false),
    fastAlarmMetrics: metrics(true),
    webAclRules: sum(all('AWS::WAFv2::WebACL').map(({ Rules }) => (Rules as unknown[]).length)),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

function combine(a: Counts, b: Counts, operation: (a: number, b: number) => number): Counts {
  const { resources: _, ...numbers } = a;
  const types = [...new Set([...Object.keys(a.resources), ...Object.keys(b.resources)])].sort();
  return {
    ...(Object.fromEntries(
      Object.keys(numbers).map((key) => {
        const field = key as Exclude<keyof Counts, 'resources'>;
        return [field, operation(a[field], b[field])];
      }),
    ) as Omit<Counts, 'resources'>),
    resources: Object.fromEntries(
      types.map((type) => [type, operation(a.resources[type] ?? 0, b.resources[type] ?? 0)]),
    ),
  };
}
