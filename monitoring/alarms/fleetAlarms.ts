import { AlarmRule, AlarmState, type AlarmBase } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { systemDimension, wholeFleet } from '../../fleet/systemDimension.ts';
import { limits } from '../limits.ts';
import type { Watch } from '../measurement.ts';
import { fleetWatchesOf, type FleetWatchId, type LookedAt } from '../watches.ts';
import { addComposite, onCallOf } from './composite.ts';
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
  /** What canary and probe look at. */
  lookedAt: LookedAt;
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
 *   blind           canary or probe silent, or the probe without a single answer
 *   unanswered      some database does not answer the probe: a secret, mostly. Apart, since it would hide the
 *                   blindness that follows
 *
 * What is out is told as that: while the whole fleet is affected nothing is told of the probe, and while any
 * system is unhealthy nothing of a single database.
 *
 * Composites tell, also of a single alarm: one of metrics would tell that it is fine each time that its data
 * come back, of which nobody was told that they were gone.
 */
export function addFleetAlarms(scope: Construct, props: FleetAlarmsProps): void {
  const { stage, lookedAt, periodSeconds, dashboardNames, alarmNameOf, onCallTopicArn } = props;
  const alarms = new WatchAlarms(scope, stage, wholeFleet);
  const warning = new Map<FleetWatchId, AlarmBase>();
  const critical = new Map<FleetWatchId, AlarmBase>();
  const watches = fleetWatchesOf(systemDimension(stage, wholeFleet), lookedAt, periodSeconds);
  for (const [id, watch] of Object.entries(watches) as [FleetWatchId, Watch][]) {
    const added = alarms.add({
      watch,
      name: alarmNameOf(id),
      guideOf: (threshold) => watchGuide(stage, id, watch, threshold, dashboardNames),
    });
    warning.set(id, added.warning);
    if (added.critical) critical.set(id, added.critical);
  }
  const onCall = onCallOf(scope, onCallTopicArn);
  const composite = (
    id: FleetCompositeId,
    causes: readonly (AlarmBase | undefined)[],
    suppressor?: AlarmBase,
  ) =>
    addComposite(scope, id, {
      name: alarmNameOf(id),
      description: descriptionOf(compositeGuide(stage, id, dashboardNames)),
      rule: AlarmRule.anyOf(
        ...causes.flatMap((cause) => (cause ? [AlarmRule.fromAlarm(cause, AlarmState.ALARM)] : [])),
      ),
      onCall,
      ...(suppressor && {
        suppression: { suppressor, periodSeconds, ...limits.suppression.blindByOutage },
      }),
    });
  const told = new Set(fleetCompositesOf(lookedAt));
  const affected = told.has('affected') ? composite('affected', [warning.get('unhealthyShare')]) : undefined;
  if (told.has('blind')) {
    composite(
      'blind',
      [warning.get('canarySilent'), warning.get('probeSilent'), critical.get('databasesUnanswered')],
      affected,
    );
  }
  if (told.has('unanswered')) {
    composite('unanswered', [warning.get('databasesUnanswered')], warning.get('unhealthyHosts'));
  }
}

/** The fleet's composites that there is something to tell by. */
export const fleetCompositesOf = ({ healths, databases }: LookedAt): FleetCompositeId[] => [
  ...(healths > 0 ? (['affected'] as const) : []),
  ...(healths + databases > 0 ? (['blind'] as const) : []),
  ...(databases > 0 ? (['unanswered'] as const) : []),
];
