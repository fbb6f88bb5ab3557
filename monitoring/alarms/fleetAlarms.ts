import { AlarmRule, AlarmState, type AlarmBase } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { systemDimension, wholeFleet } from '../../service/metrics.ts';
import { fleetWatchesOf, type FleetWatchId } from '../watches.ts';
import { addComposite, tellOnCall } from './composite.ts';
import {
  compositeDescription,
  watchDescription,
  type DashboardNames,
  type FleetAlarmId,
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
 *   unhealthyShare  the critical one: it pages, and suppresses the pages of the systems
 *   blind           canary or probe silent
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
      descriptionOf: (threshold) => watchDescription(stage, id, watch, threshold, dashboardNames),
    });
    added.set(id, warning);
  }
  tellOnCall(scope, added.get('unhealthyShare')!, onCallTopicArn);
  addComposite(scope, 'blind', {
    name: alarmNameOf('blind'),
    description: compositeDescription(stage, 'blind', dashboardNames),
    rule: AlarmRule.anyOf(
      ...(['canarySilent', 'probeSilent'] as const).map((id) =>
        AlarmRule.fromAlarm(added.get(id)!, AlarmState.ALARM),
      ),
    ),
    onCallTopicArn,
  });
}
