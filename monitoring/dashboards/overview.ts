import {
  AlarmStatusWidget,
  AlarmStatusWidgetSortBy,
  Color,
  GraphWidget,
  SingleValueWidget,
  type IAlarm,
  type IWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { systemDimension, wholeFleet } from '../../fleet/names.ts';
import {
  compositeTitles,
  fleetCompositeIds,
  type FleetAlarmId,
  type SystemAlarmId,
} from '../alarms/description.ts';
import { plainMetric } from '../cloudWatchMetric.ts';
import { limits } from '../limits.ts';
import type { Measurement } from '../measurement.ts';
import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import { measurementsOf } from '../measurements.ts';
import { databasesNotAsked, fleetWatchesOf, watchesOf } from '../watches.ts';
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
  const { unhealthyHosts } = fleetWatchesOf(fleet, systems.length, periodSeconds);
  const ofAll = (measurement: Measurement): SingleValueWidget =>
    new SingleValueWidget({
      title: measurement.title,
      metrics: [plainMetric(measurement).with({ label: `of ${systems.length}` })],
      width: 6,
      height: 6,
    });
  const fleetAlarms = [
    ...fleetCompositeIds,
    ...(['unhealthyHosts', 'unhealthyShare', 'canarySilent', 'probeSilent', 'databasesUnanswered'] as const),
  ].map(fleetAlarmOf);
  return [
    [
      ofAll(unhealthyHosts),
      ofAll(databasesNotAsked(fleet, periodSeconds)),
      new AlarmStatusWidget({ title: 'The fleet', alarms: fleetAlarms, width: 12, height: 6 }),
    ],
    ...tileIds.flatMap((id) => tiles(props, id)),
    [
      linesOf(
        props,
        'Which hosts are unhealthy',
        { min: 0, max: 1 },
        (system) => watchesOf(system, periodSeconds).unhealthy,
      ),
      linesOf(
        props,
        measurementsOf(systems[0]!, periodSeconds).outlierScore.title,
        { min: 0 },
        (system) => measurementsOf(system, periodSeconds).outlierScore,
        limits.outliers.score,
      ),
    ],
  ];
}

/** A tile a system, those in ALARM first. */
function tiles({ systems, alarmOf }: OverviewProps, id: (typeof tileIds)[number]): IWidget[][] {
  const title = compositeTitles[id];
  const alarms = systems.map(({ system }) => alarmOf(system, id));
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

/** One line a system, in its own colour. */
const linesOf = (
  { systems }: OverviewProps,
  title: string,
  axis: { min: number; max?: number },
  measurementOf: (system: MonitoredSystem) => Measurement,
  limit?: number,
): GraphWidget =>
  new GraphWidget({
    title,
    left: systems.map((system, index) =>
      plainMetric(measurementOf(system)).with({ label: system.system, color: colorOf(index) }),
    ),
    leftYAxis: { ...axis, showUnits: false },
    ...(limit !== undefined && { leftAnnotations: [{ value: limit, label: `${limit}`, color: Color.RED }] }),
    width: 12,
    height: 8,
  });
