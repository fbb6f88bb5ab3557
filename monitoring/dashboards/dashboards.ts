import { Duration } from 'aws-cdk-lib';
import { Dashboard, PeriodOverride } from 'aws-cdk-lib/aws-cloudwatch';
import { CustomMonitoring, MonitoringFacade, type IDynamicDashboardFactory } from 'cdk-monitoring-constructs';
import type { Construct } from 'constructs';
import type { DashboardNames } from '../alarms/description.ts';
import { measurementsOf, signalsOf, type Measurement, type MonitoredSystem } from '../signals.ts';
import { metricGroups } from './metricGroups.ts';

export interface DashboardsProps {
  dashboardNames: DashboardNames;
  /** In the order in which they are drawn everywhere. */
  systems: readonly MonitoredSystem[];
  periodSeconds: number;
}

/** The rows of the two dashboards, top to bottom: ids of signals and measurements. */
const rows: Record<keyof DashboardNames, readonly string[]> = {
  application: ['requests', 'errorRate', 'durationP99', 'functionConcurrency', 'functionMemory'],
  database: ['databaseCpu', 'databaseMemory', 'databaseDisk', 'databaseConnections', 'selectsPerSecond'],
};

/** Draws nothing by itself: the two dashboards below are the only ones. */
const noDashboards: IDynamicDashboardFactory = {
  addDynamicSegment: () => undefined,
  getDashboard: () => undefined,
};

/**
 * The stage's two dashboards, application and database: each metric once over all systems, then once
 * for each group of ten.
 */
export function addDashboards(scope: Construct, props: DashboardsProps): void {
  const { systems, periodSeconds } = props;
  const monitoring = new MonitoringFacade(scope, 'Monitoring', { dashboardFactory: noDashboards });
  const drawnOf = systems.map((system): Readonly<Record<string, Measurement>> => ({
    ...measurementsOf(system, periodSeconds),
    ...signalsOf(system, periodSeconds),
  }));
  for (const kind of ['application', 'database'] as const) {
    const dashboard = new Dashboard(scope, `${kind}Dashboard`, {
      dashboardName: props.dashboardNames[kind],
      defaultInterval: Duration.hours(3),
      periodOverride: PeriodOverride.INHERIT,
    });
    for (const id of rows[kind]) {
      const lines = systems.map(({ system }, index) => ({ system, measurement: drawnOf[index]![id]! }));
      const row = new CustomMonitoring(monitoring, {
        humanReadableName: lines[0]!.measurement.title,
        alarmFriendlyName: id,
        metricGroups: metricGroups(lines),
      });
      dashboard.addWidgets(...row.widgets());
    }
  }
}
