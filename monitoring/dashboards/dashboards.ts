import { Stack } from 'aws-cdk-lib';
import { Alarm, CfnDashboard, Column, Row, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { CustomMonitoring, MonitoringFacade, type IDynamicDashboardFactory } from 'cdk-monitoring-constructs';
import type { Construct } from 'constructs';
import type { DashboardNames, FleetAlarmId, SystemAlarmId } from '../alarms/description.ts';
import type { Measurement } from '../measurement.ts';
import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import { measurementsOf, type MeasurementId } from '../measurements.ts';
import { signalsOf, type SignalId } from '../signals.ts';
import { watchesOf } from '../watches.ts';
import { compactWidget, type WidgetJson } from './compactWidget.ts';
import { metricGroups, metricsDrawn } from './metricGroups.ts';
import { overviewWidgets } from './overview.ts';
import { packRows } from './packRows.ts';

export interface DashboardsProps {
  stage: string;
  dashboardNames: DashboardNames;
  /** In the order in which they are drawn everywhere. */
  systems: readonly MonitoredSystem[];
  periodSeconds: number;
  alarmArnOf: (system: string, id: SystemAlarmId) => string;
  fleetAlarmArnOf: (id: FleetAlarmId) => string;
  /** Where the further dashboards of a page go, 2 and more; asked for only where there are any. */
  furtherScope: (page: number) => Construct;
}

type DrawnWatch =
  | 'provenPeak'
  | 'provenMessagePeak'
  | 'deadLetters'
  | 'undelivered'
  | 'droppedMessages'
  | 'repeatedErrors'
  | 'subscriberErrors';
type Drawn = SignalId | MeasurementId | DrawnWatch;

/** The rows of the dashboards, top to bottom. */
const rows: Record<'application' | 'database', readonly Drawn[]> = {
  application: [
    'requests',
    'errorRate',
    'durationP99',
    'functionConcurrency',
    'functionMemory',
    'subscriberConcurrency',
    'subscriberMemory',
    'oldestMessage',
    'durationP95',
    'durationP50',
    'provenPeak',
    'provenMessagePeak',
    'deadLetters',
    'undelivered',
    'droppedMessages',
    'repeatedErrors',
    'subscriberErrors',
  ],
  database: [
    'databaseCpu',
    'databaseMemory',
    'databaseDisk',
    'databaseConnections',
    'selectsPerSecond',
    'queueWait',
    'connectionsSeen',
  ],
};

/** Draws nothing by itself: the dashboards below are the only ones. */
const noDashboards: IDynamicDashboardFactory = {
  addDynamicSegment: () => undefined,
  getDashboard: () => undefined,
};

/**
 * The stage's dashboards: application and database, with each metric once over all systems and once for
 * each group of ten, and the overview. Where one has no room for all rows, the rest is on further ones,
 * linked from the top of each. Those are a template of their own: all of them at 200 systems with long names are
 * more than CloudFormation takes in one. Which one a dashboard is in follows from its name alone, so that no
 * growth moves it from one stack to the other.
 */
export function addDashboards(scope: Construct, props: DashboardsProps): void {
  const { systems, periodSeconds, dashboardNames } = props;
  const monitoring = new MonitoringFacade(scope, 'Monitoring', { dashboardFactory: noDashboards });
  const drawnOf = systems.map((system): Readonly<Partial<Record<Drawn, Measurement>>> => {
    const watches = watchesOf(system, periodSeconds);
    const measurements = measurementsOf(system, periodSeconds);
    // What alarms is drawn with the alarm's line.
    return {
      ...measurements,
      ...(watches.duration && { durationP99: watches.duration }),
      ...watches,
      ...signalsOf(system, periodSeconds),
    };
  });
  const rowOf = (id: Drawn) => {
    const lines = systems.flatMap(({ system }, place) => {
      const measurement = drawnOf[place]![id];
      return measurement ? [{ system, place, measurement }] : [];
    });
    // No system has what it is about.
    if (lines.length === 0) return [];
    const groups = metricGroups(lines);
    const widgets = new CustomMonitoring(monitoring, {
      humanReadableName: lines[0]!.measurement.title,
      alarmFriendlyName: id,
      metricGroups: groups,
    }).widgets();
    return [{ widgets, widgetCount: groups.length + 1, metricCount: metricsDrawn(lines) }];
  };
  const pages = (['application', 'database'] as const).flatMap((kind) =>
    packRows(rows[kind].flatMap(rowOf)).map((page, index) => ({
      id: `${kind}Dashboard${index === 0 ? '' : index + 1}`,
      name: `${dashboardNames[kind]}${index === 0 ? '' : `-${index + 1}`}`,
      page: index + 1,
      rows: page.map(({ widgets }) => widgets),
    })),
  );
  const overview = {
    id: 'overviewDashboard',
    name: dashboardNames.overview,
    page: 1,
    rows: overviewWidgets({
      ...props,
      alarmOf: (system, id) =>
        Alarm.fromAlarmArn(scope, `Tile-${system}-${id}`, props.alarmArnOf(system, id)),
      fleetAlarmOf: (id) => Alarm.fromAlarmArn(scope, `Tile-${id}`, props.fleetAlarmArnOf(id)),
    }),
  };
  const all = [overview, ...pages];
  for (const each of all) {
    const layout = new Column(
      ...[[links(all.map(({ name }) => name))], ...each.rows].map((row) => new Row(...row)),
    );
    layout.position(0, 0);
    const home = each.page > 1 ? props.furtherScope(each.page) : scope;
    new CfnDashboard(home, each.id, {
      dashboardName: each.name,
      dashboardBody: Stack.of(home).toJsonString({
        start: '-PT3H',
        periodOverride: 'inherit',
        widgets: (Stack.of(scope).resolve(layout.toJson()) as WidgetJson[]).map(compactWidget),
      }),
    });
  }
}

const links = (names: readonly string[]): TextWidget =>
  new TextWidget({
    markdown: names.map((name) => `[${name}](#dashboards:name=${name})`).join(' · '),
    width: 24,
    height: 1,
  });
