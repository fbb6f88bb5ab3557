import { AlarmRule, AlarmState, type AlarmBase } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { systemDimension, wholeFleet } from '../../fleet/names.ts';
import { fleetWatchesOf, type FleetWatchId } from '../watches.ts';
import { addComposite } from './composite.ts';
import {
  compositeGuide,
  descriptionOf,
  watchGuide,
  type DashboardNames,
  type FleetAlarmId,
  type FleetCompositeId,
} from './description.ts';
import { WatchAlarms } from './watchAlarms.ts';

export interface FleetAlarmsProps {
  stage: string;
  periodSeconds: number;
  onCallTopicArn: string;
  dashboardNames: DashboardNames;
  alarmNameOf: (id: FleetAlarmId) => string;
}

/**
 * What is alarmed once a stage:
 *
 *   unhealthyHosts  the warning, from one system on; shown, not told: the system's own page tells
 *   affected        the critical share: it pages, and suppresses the pages of the systems
 *   blind           canary or probe silent
 *
 * Composites tell, also of a single alarm: one of metrics would tell that it is fine each time that its data
 * come back, of which nobody was told that they were gone.
 */
export function addFleetAlarms(scope: Construct, props: FleetAlarmsProps): void {
  const { stage, periodSeconds, dashboardNames, alarmNameOf, onCallTopicArn } = props;
  const alarms = new WatchAlarms(scope, stage, wholeFleet);
  const added = new Map<FleetWatchId, AlarmBase>();
  const watches = fleetWatchesOf(systemDimension(stage, wholeFleet), periodSeconds);
  for (const [id, watch] of Object.entries(watches) as [FleetWatchId, (typeof watches)[FleetWatchId]][]) {
    const { warning } = alarms.add({
      watch,
      name: alarmNameOf(id),
      guideOf: (threshold) => watchGuide(stage, id, watch, threshold, dashboardNames),
    });
    added.set(id, warning);
  }
  const composite = (id: FleetCompositeId, ...causes: FleetWatchId[]) =>
    addComposite(scope, id, {
      name: alarmNameOf(id),
      description: descriptionOf(compositeGuide(stage, id, dashboardNames)),
      rule: AlarmRule.anyOf(
        ...causes.map((cause) => AlarmRule.fromAlarm(added.get(cause)!, AlarmState.ALARM)),
      ),
      onCallTopicArn,
    });
  composite('affected', 'unhealthyShare');
  composite('blind', 'canarySilent', 'probeSilent');
}
