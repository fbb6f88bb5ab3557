import type { Stack } from 'aws-cdk-lib';
import type { Fleet, StageConfig } from '../../fleet/fleet.ts';
import { monitoredSystems } from '../../fleet/monitoredFleet.ts';
import { alarmName, dashboardNamesOf, fleetAlarmName, fleetNames } from '../../fleet/names.ts';
import { fleetCompositesOf } from '../../monitoring/alarms/fleetAlarms.ts';
import { addSystemAlarms } from '../../monitoring/alarms/systemAlarms.ts';
import { lookedAtOf } from '../../monitoring/watches.ts';
import { alarmArn } from './alarmArn.ts';

/** The alarms of one of a stage's systems, in that system's stack. */
export function addAlarmsOf(
  stack: Stack,
  { stage, config, fleet, system }: { stage: string; config: StageConfig; fleet: Fleet; system: string },
): void {
  const systems = monitoredSystems(fleet, stage);
  const ofFleet = fleetCompositesOf(lookedAtOf(systems));
  addSystemAlarms(stack, {
    stage,
    system: systems.find((one) => one.system === system)!,
    periodSeconds: config.periodSeconds,
    // Derived: the topic is no reason to deploy this stack again.
    onCallTopicArn: stack.formatArn({ service: 'sns', resource: fleetNames(stage).onCallTopic }),
    dashboardNames: dashboardNamesOf(stage),
    alarmNameOf: (id) => alarmName(stage, system, id),
    fleetAlarmArnOf: (id) => (ofFleet.includes(id) ? alarmArn(stack, fleetAlarmName(stage, id)) : undefined),
  });
}
