import type { Alarms } from '../local/aws/cloudwatch/alarms.ts';
import type { CompositeAlarm } from '../local/aws/cloudwatch/compositeAlarm.ts';
import type { Alarm } from '../local/aws/cloudwatch/metricAlarm.ts';
import type { ObservedSystem } from '../local/observedStage.ts';
import { evaluateQueries, metricDataQuerySchema } from '../cloudwatch/metricDataQuery.ts';
import type { MetricStore } from '../cloudwatch/metricStore.ts';
import { criticalAlarmName } from '../fleet/names.ts';
import type { KnownAlarm } from '../monitoring/alarms/knownAlarms.ts';
import type { Measurement } from '../monitoring/measurement.ts';
import { metricQueries } from '../monitoring/metricQueries.ts';
import { measurementsOf } from '../monitoring/measurements.ts';
import { signalsOf, toReaderUnit } from '../monitoring/signals.ts';
import type { AlarmState, AlarmView, CompositeView, SystemView } from './wire.ts';

/** A value older than so many periods is not what is the case now. */
const freshPeriods = 3;

/** Those that went off first, the newest of them on top; then those without data, then the rest. */
const urgency: Record<AlarmState, number> = { ALARM: 0, INSUFFICIENT_DATA: 1, OK: 2 };

/** Of those that went off: the ones that tell somebody, the ones that are held back, what they are made of. */
const weight = ({ composite }: AlarmView): number => (!composite ? 2 : composite.heldBack ? 1 : 0);

export const alarmViews = (alarms: Alarms, known: ReadonlyMap<string, KnownAlarm>): AlarmView[] => {
  const inAlarm = new Set(
    [...alarms.all(), ...alarms.composites.all()].filter(({ state }) => state === 'ALARM').map(nameOf),
  );
  return [
    ...alarms.all().map((alarm) => alarmView(alarm, known, null)),
    ...alarms.composites.all().map((alarm) => alarmView(alarm, known, compositeView(alarm, known, inAlarm))),
  ].sort(
    (a, b) =>
      urgency[a.state] - urgency[b.state] ||
      (a.state === 'ALARM' ? weight(a) - weight(b) || b.sinceMs - a.sinceMs : 0) ||
      (a.name < b.name ? -1 : 1),
  );
};

const nameOf = ({ definition }: Alarm | CompositeAlarm): string => definition.properties.AlarmName;

function alarmView(
  alarm: Alarm | CompositeAlarm,
  known: ReadonlyMap<string, KnownAlarm>,
  composite: CompositeView | null,
): AlarmView {
  const { AlarmName, AlarmDescription = '', AlarmActions } = alarm.definition.properties;
  const of = known.get(AlarmName);
  return {
    name: AlarmName,
    system: of?.system ?? null,
    title: of?.title ?? AlarmName,
    meaning: of?.meaning ?? AlarmDescription,
    state: alarm.state,
    reason: alarm.stateReason,
    sinceMs: alarm.stateChangedMs,
    composite,
    runbook: of?.runbook ?? null,
    dashboard: of?.dashboard ?? null,
    tells: AlarmActions.length > 0,
    commands: [],
  };
}

function compositeView(
  alarm: CompositeAlarm,
  known: ReadonlyMap<string, KnownAlarm>,
  inAlarm: ReadonlySet<string>,
): CompositeView {
  const { children, suppressor } = alarm.definition;
  const titleOf = (name: string): string => known.get(name)?.title ?? name;
  const firing = children.filter((name) => inAlarm.has(name));
  return {
    of: children.length,
    // Where the critical threshold is passed, the warning says nothing more.
    causes: firing.filter((name) => !firing.includes(criticalAlarmName(name))).map(titleOf),
    heldBack:
      alarm.suppressedBy === null || suppressor === null
        ? null
        : { why: alarm.suppressedBy, by: titleOf(suppressor.alarm) },
  };
}

export interface SystemViewOptions {
  systems: readonly ObservedSystem[];
  alarms: readonly AlarmView[];
  metrics: MetricStore;
  periodSeconds: number;
  /** Colours by system. */
  colors: ReadonlyMap<string, string>;
  nowMs: number;
}

export function systemViews(options: SystemViewOptions): SystemView[] {
  const { systems, alarms, periodSeconds, colors } = options;
  const states = Map.groupBy(alarms, ({ system }) => system);
  return systems.map((system) => {
    const { requests } = measurementsOf(system, periodSeconds);
    const count = requests && newest(requests, options);
    return {
      name: system.system,
      color: colors.get(system.system) ?? null,
      state: together((states.get(system.system) ?? []).map(({ state }) => state)),
      requestsPerSecond: typeof count === 'number' ? count / periodSeconds : null,
      expectedRequestsPerSecond: system.expectedRequestsPerSecond,
      signals: Object.values(signalsOf(system, periodSeconds)).map((metricSignal) => {
        const value = newest(metricSignal, options);
        return {
          id: metricSignal.id,
          title: metricSignal.title,
          percent: value === null ? null : Number(toReaderUnit(metricSignal, value).toPrecision(4)),
          limitPercent: metricSignal.limit,
        };
      }),
    };
  });
}

/** Without data only when nothing has any: some alarms watch what need not happen. */
function together(states: readonly AlarmState[]): AlarmState {
  if (states.includes('ALARM')) return 'ALARM';
  return states.includes('OK') ? 'OK' : 'INSUFFICIENT_DATA';
}

/** The value of the newest whole period with data, while it is fresh. */
function newest(measurement: Measurement, { metrics, nowMs }: SystemViewOptions): number | null {
  const periodMs = measurement.periodSeconds * 1_000;
  const endMs = Math.floor(nowMs / periodMs) * periodMs;
  const range = { startMs: endMs - freshPeriods * periodMs, endMs };
  const queries = metricQueries('it', measurement).map((query) => metricDataQuerySchema.parse(query));
  return evaluateQueries(queries, metrics, range)[0]?.datapoints.at(-1)?.value ?? null;
}
