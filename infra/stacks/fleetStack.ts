import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { addFleetAlarms } from '../../monitoring/alarms/fleetAlarms.ts';
import { addDashboards } from '../../monitoring/dashboards/dashboards.ts';
import { addCanary } from '../constructs/canary.ts';
import { addComparison } from '../constructs/comparison.ts';
import { addOnCallTopic } from '../constructs/onCallTopic.ts';
import { addProbe } from '../constructs/probe.ts';
import { connectionLimitOf, type Fleet, type StageConfig } from '../fleet.ts';
import { alarmName, dashboardNamesOf, fleetAlarmName, fleetNames, monitoredSystem } from '../names.ts';
import { alarmArn } from './alarmArn.ts';

export interface FleetStackProps extends StackProps {
  stage: string;
  config: StageConfig;
  fleet: Fleet;
  /** Directory of the functions' bundle. */
  codeDirectory: string;
}

/**
 * What a stage has once: dashboards, alarms, on-call topic, canary, probe. It knows its systems by the names derived from
 * the fleet and imports nothing from their stacks, so that each deploys and is removed alone.
 */
export class FleetStack extends Stack {
  constructor(scope: Construct, id: string, props: FleetStackProps) {
    super(scope, id, props);
    const { stage, config, fleet, codeDirectory } = props;
    const names = fleetNames(stage);
    addOnCallTopic(this, stage, fleet.onCall);
    addProbe(this, { stage, codeDirectory, provenByStage: config.provenByStage ?? stage });
    addCanary(this, { stage, codeDirectory, systems: fleet.systems.map(({ name }) => name) });
    addComparison(this, { stage, config, codeDirectory });
    const { periodSeconds } = config;
    const dashboardNames = dashboardNamesOf(stage);
    addFleetAlarms(this, {
      stage,
      periodSeconds,
      dashboardNames,
      onCallTopicArn: this.formatArn({ service: 'sns', resource: names.onCallTopic }),
      alarmNameOf: (alarm) => fleetAlarmName(stage, alarm),
    });
    addDashboards(this, {
      stage,
      dashboardNames,
      periodSeconds,
      systems: fleet.systems.map(({ name }) =>
        monitoredSystem(stage, name, {
          connectionLimit: connectionLimitOf(config),
          apiReservedConcurrency: config.api.reservedConcurrency,
        }),
      ),
      alarmArnOf: (system, alarm) => alarmArn(this, alarmName(stage, system, alarm)),
      fleetAlarmArnOf: (alarm) => alarmArn(this, fleetAlarmName(stage, alarm)),
    });
  }
}
