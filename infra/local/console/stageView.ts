import type { Alarm, Alarms } from '../aws/cloudwatch/alarms.ts';
import type { MetricStore } from '../aws/cloudwatch/metricStore.ts';
import { alarmName } from '../../names.ts';
import type { Measurement, MonitoredSystem } from '../../../monitoring/measurement.ts';
import { measurementsOf } from '../../../monitoring/measurements.ts';
import { signalsOf, toReaderUnit } from '../../../monitoring/signals.ts';
import { watchesOf } from '../../../monitoring/watches.ts';
import { runbookIn } from './runbooks.ts';
import type { AlarmState, AlarmView, SystemView } from './wire.ts';

/** A system of the stage, as the console shows it. */
export interface ConsoleSystem extends MonitoredSystem {
  expectedRequestsPerSecond: number;
}

/** A value older than so many periods is not what is the case now. */
const freshPeriods = 3;

/** Those that went off first, the newest of them on top; then those without data, then the rest. */
const urgency: Record<AlarmState, number> = { ALARM: 0, INSUFFICIENT_DATA: 1, OK: 2 };

export const alarmViews = (
  alarms: Alarms,
  stage: string,
  systems: readonly ConsoleSystem[],
  periodSeconds: number,
): AlarmView[] => {
  const titles = new Map(
    systems.flatMap((system) =>
      Object.values({ ...signalsOf(system, periodSeconds), ...watchesOf(system, periodSeconds) }).flatMap(
        ({ id, title }) => {
          const name = alarmName(stage, system.system, id);
          const of = { system: system.system, title };
          return [[name, of] as const, [`${name}-critical`, { ...of, title: `${title}, critical` }] as const];
        },
      ),
    ),
  );
  return alarms
    .all()
    .map((alarm) => alarmView(alarm, titles.get(alarm.definition.properties.AlarmName)))
    .sort(
      (a, b) =>
        urgency[a.state] - urgency[b.state] ||
        (a.state === 'ALARM' ? b.sinceMs - a.sinceMs : 0) ||
        (a.name < b.name ? -1 : 1),
    );
};

function alarmView(alarm: Alarm, of: { system: string; title: string } | undefined): AlarmView {
  const { AlarmName, AlarmDescription = '' } = alarm.definition.properties;
  return {
    name: AlarmName,
    system: of?.system ?? null,
    title: of?.title ?? AlarmName,
    description: AlarmDescription,
    state: alarm.state,
    reason: alarm.stateReason,
    sinceMs: alarm.stateChangedMs,
    runbook: runbookIn(AlarmDescription),
    dashboard: /\bDashboard: ([\w-]+)/.exec(AlarmDescription)?.[1] ?? null,
  };
}

export interface SystemViewOptions {
  systems: readonly ConsoleSystem[];
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
      signals: Object.values(signalsOf(system, periodSeconds)).map((signal) => {
        const value = newest(signal, options);
        return {
          id: signal.id,
          title: signal.title,
          percent: value === null ? null : Number(toReaderUnit(signal, value).toPrecision(4)),
          limitPercent: signal.limit,
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
  const { namespace, metricName, dimensions, statistic, periodSeconds } = measurement;
  const periodMs = periodSeconds * 1_000;
  const endMs = Math.floor(nowMs / periodMs) * periodMs;
  const startMs = endMs - freshPeriods * periodMs;
  const query = { namespace, name: metricName, dimensions, statistic, periodSeconds, startMs, endMs };
  return metrics.query(query).at(-1)?.value ?? null;
}
