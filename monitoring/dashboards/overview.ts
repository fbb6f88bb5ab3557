import {
  AlarmStatusWidget,
  AlarmStatusWidgetSortBy,
  Color,
  GraphWidget,
  SingleValueWidget,
  type IAlarm,
  type IWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { systemDimension, wholeFleet } from '../../fleet/systemDimension.ts';
import { compositeTitles, type FleetAlarmId, type SystemAlarmId } from '../alarms/description.ts';
import { fleetCompositesOf } from '../alarms/fleetAlarms.ts';
import { compositesOf, watchedOf } from '../alarms/telling.ts';
import { plainMetric } from '../cloudWatchMetric.ts';
import { limits } from '../limits.ts';
import type { Measurement } from '../measurement.ts';
import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import { measurementsOf, outlierTitle } from '../measurements.ts';
import { databasesNotAsked, fleetWatchesOf, lookedAtOf, watchesOf } from '../watches.ts';
import { colorOf } from './palette.ts';

export interface OverviewProps {
  stage: string;
  systems: readonly MonitoredSystem[];
  periodSeconds: number;
  alarmOf: (system: string, id: SystemAlarmId) => IAlarm;
  fleetAlarmOf: (id: FleetAlarmId) => IAlarm;
}

/** Composites with a tile a system: the two pages that last, and what sums up the rest. */
const tileIds = ['page', 'pageMessages', 'ticket'] as const;

/** Alarms that one widget accepts. */
const tilesAWidget = 100;
/** Tiles beside each other in a widget of the whole width, and rows of the grid that one of them takes. */
const tilesARow = 6;

/**
 * The overview: what the fleet says of itself, a tile a system for its page and another for its ticket,
 * which systems do not answer, and who stands out from its like.
 */
export function overviewWidgets(props: OverviewProps): IWidget[][] {
  const { stage, systems, periodSeconds, fleetAlarmOf } = props;
  const fleet = systemDimension(stage, wholeFleet);
  const lookedAt = lookedAtOf(systems);
  const watches = fleetWatchesOf(fleet, lookedAt, periodSeconds);
  const ofAll = (measurement: Measurement, count: number): SingleValueWidget =>
    new SingleValueWidget({
      title: measurement.title,
      metrics: [plainMetric(measurement).with({ label: `of ${count}` })],
      width: 6,
      height: 6,
    });
  const fleetAlarms = [
    ...fleetCompositesOf(lookedAt),
    ...(
      ['unhealthyHosts', 'unhealthyShare', 'canarySilent', 'probeSilent', 'databasesUnanswered'] as const
    ).filter((id) => watches[id]),
  ].map(fleetAlarmOf);
  const rows = [
    [
      ...(watches.unhealthyHosts ? [ofAll(watches.unhealthyHosts, lookedAt.healths)] : []),
      ...(lookedAt.databases > 0 ? [ofAll(databasesNotAsked(fleet, periodSeconds), lookedAt.databases)] : []),
      ...(fleetAlarms.length > 0
        ? [new AlarmStatusWidget({ title: 'The fleet', alarms: fleetAlarms, width: 12, height: 6 })]
        : []),
    ],
    ...tileIds.flatMap((id) => tiles(props, id)),
    [
      ...linesOf(
        props,
        'Which hosts are unhealthy',
        { min: 0, max: 1 },
        (system) => watchesOf(system, periodSeconds).unhealthy,
      ),
      ...linesOf(
        props,
        outlierTitle,
        { min: 0 },
        (system) => measurementsOf(system, periodSeconds).outlierScore,
        limits.outliers.score,
      ),
    ],
  ];
  return rows.filter((row) => row.length > 0);
}

/** A tile a system, those in ALARM first. */
function tiles({ systems, alarmOf }: OverviewProps, id: (typeof tileIds)[number]): IWidget[][] {
  const title = compositeTitles[id];
  const alarms = systems.filter((system) => has(system, id)).map(({ system }) => alarmOf(system, id));
  return Array.from({ length: Math.ceil(alarms.length / tilesAWidget) }, (_, index) => {
    const shown = alarms.slice(index * tilesAWidget, (index + 1) * tilesAWidget);
    const widget = new AlarmStatusWidget({
      title: alarms.length > tilesAWidget ? `${title} (${index + 1})` : title,
      alarms: shown,
      sortBy: AlarmStatusWidgetSortBy.STATE_UPDATED_TIMESTAMP,
      width: 24,
      height: 2 + Math.ceil(shown.length / tilesARow),
    });
    return [widget];
  });
}

const has = (system: MonitoredSystem, id: (typeof tileIds)[number]): boolean =>
  compositesOf(watchedOf(system)).includes(id);

/** One line a system that has it, in its own colour; no widget where none has. */
function linesOf(
  { systems }: OverviewProps,
  title: string,
  axis: { min: number; max?: number },
  measurementOf: (system: MonitoredSystem) => Measurement | undefined,
  limit?: number,
): GraphWidget[] {
  const left = systems.flatMap((system, place) => {
    const measurement = measurementOf(system);
    return measurement
      ? [plainMetric(measurement).with({ label: system.system, color: colorOf(place) })]
      : [];
  });
  if (left.length === 0) return [];
  return [
    new GraphWidget({
      title,
      left,
      leftYAxis: { ...axis, showUnits: false },
      ...(limit !== undefined && {
        leftAnnotations: [{ value: limit, label: `${limit}`, color: Color.RED }],
      }),
      width: 12,
      height: 8,
    }),
  ];
}
