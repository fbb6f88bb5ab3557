import { parseCompositeRule } from '../../cloudwatch/compositeRule.ts';
import { criticalAlarmName } from '../../fleet/names.ts';
import { resourcesOf, roughly, type Rule, type Template } from './template.ts';

interface MetricQuery {
  Expression?: string;
  MetricStat?: { Period?: number };
}

const mostMetrics = 10;

export const alarms: Rule = {
  name: 'alarms',
  check: (template, { shortestPeriodSeconds }) =>
    resourcesOf(template, 'AWS::CloudWatch::Alarm').flatMap(([id, properties]) => {
      const evaluated = Number(properties['EvaluationPeriods']);
      const toAlarm = Number(properties['DatapointsToAlarm'] ?? evaluated);
      const queries = (properties['Metrics'] ?? []) as MetricQuery[];
      const periods = [properties['Period'], ...queries.map(({ MetricStat }) => MetricStat?.Period)];
      const shortest = Math.min(...periods.filter((period) => period !== undefined).map(Number));
      const search = queries.find(({ Expression }) => Expression?.includes('SEARCH('));
      return [
        toAlarm > evaluated &&
          `${id}: ${toAlarm} datapoints to alarm can never come from ${evaluated} periods`,
        queries.length > mostMetrics &&
          `${id}: ${queries.length} metrics, an alarm's expression takes ${mostMetrics}`,
        search && `${id}: an alarm cannot search`,
        shortest < shortestPeriodSeconds &&
          `${id}: a period of ${shortest} s, the metrics come every ${shortestPeriodSeconds} s`,
        !tells(properties) && !isHeard(template, id, properties) && `${id}: notifies nobody`,
      ].filter((finding) => typeof finding === 'string');
    }),
};

const tells = ({ AlarmActions }: Record<string, unknown>): boolean =>
  ((AlarmActions ?? []) as unknown[]).length > 0;

/** Told of by a composite, by the same alarm at a worse threshold, or shown on a dashboard of the template. */
function isHeard(template: Template, id: string, { AlarmName }: Record<string, unknown>): boolean {
  const names = resourcesOf(template, 'AWS::CloudWatch::Alarm').map(([, other]) => other['AlarmName']);
  const bodies = resourcesOf(template, 'AWS::CloudWatch::Dashboard').map(
    ([, drawn]) => drawn['DashboardBody'],
  );
  return (
    names.includes(criticalAlarmName(String(AlarmName))) ||
    causesToldOf(template).has(id) ||
    bodies.some((body) => roughly(body).includes(`:alarm:${String(AlarmName)}"`))
  );
}

/** Alarms that composites tell of. */
const causesToldOf = (template: Template): ReadonlySet<string> =>
  new Set(
    resourcesOf(template, 'AWS::CloudWatch::CompositeAlarm').flatMap(([, composite]) =>
      tells(composite) ? causesOf(composite) : [],
    ),
  );

const causesOf = ({ AlarmRule }: Record<string, unknown>): string[] =>
  [...JSON.stringify(AlarmRule).matchAll(/"Fn::GetAtt":\["(\w+)","Arn"\]/g)].map(([, id = '']) => id);

/** Whether an alarm that notifies nobody sums up only what others tell. */
function sumsUp(template: Template, composite: Record<string, unknown>): boolean {
  const causes = causesOf(composite);
  const alarmOf = new Map(resourcesOf(template, 'AWS::CloudWatch::Alarm'));
  const told = causesToldOf(template);
  return causes.length > 0 && causes.every((id) => told.has(id) || tells(alarmOf.get(id) ?? {}));
}

const mostCharacters = 10_240;

export const compositeAlarms: Rule = {
  name: 'compositeAlarms',
  check: (template) =>
    resourcesOf(template, 'AWS::CloudWatch::CompositeAlarm').flatMap(([id, properties]) => {
      const rule = roughly(properties['AlarmRule']);
      return [
        problemOf(rule),
        rule.length > mostCharacters && `${rule.length} characters, ${mostCharacters} are accepted`,
        !tells(properties) && !sumsUp(template, properties) && 'notifies nobody',
      ]
        .filter((problem) => typeof problem === 'string')
        .map((problem) => `${id}: ${problem}`);
    }),
};

function problemOf(rule: string): string | undefined {
  try {
    parseCompositeRule(rule);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
