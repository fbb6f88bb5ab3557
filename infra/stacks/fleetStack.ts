import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { probeStatementsPerSecond } from '../budget.ts';
import { addFleetAlarms } from '../../monitoring/alarms/fleetAlarms.ts';
import { addDashboards } from '../../monitoring/dashboards/dashboards.ts';
import { addCanary } from '../constructs/canary.ts';
import { addComparison } from '../constructs/comparison.ts';
import { addCustomDomain } from '../constructs/customDomain.ts';
import { addEvidenceReader } from '../constructs/evidenceReader.ts';
import { addOnCallTopic } from '../constructs/onCallTopic.ts';
import { addProbe } from '../constructs/probe.ts';
import { addWebAcl } from '../constructs/webAcl.ts';
import { provenAccounts, provingOf } from '../../fleet/provingStage.ts';
import { ownSystemsIn, stagesOn, type Fleet, type StageConfig } from '../../fleet/fleet.ts';
import { adoptedDocuments, monitoredSystems } from '../../fleet/monitoredFleet.ts';
import { alarmName, dashboardNamesOf, fleetAlarmName, fleetExports, fleetNames } from '../../fleet/names.ts';
import { isProbed } from '../../fleet/systemDocument.ts';
import { lookedAtOf } from '../../monitoring/watches.ts';
import { alarmArn } from './alarmArn.ts';
import type { NetworkStack } from './networkStack.ts';

export interface FleetStackProps extends StackProps {
  stage: string;
  config: StageConfig;
  fleet: Fleet;
  /** Directory of the functions' bundle. */
  codeDirectory: string;
  /** The stage's network, if any system is built here: whoever asks private APIs must be in it. */
  network?: NetworkStack;
  /** Opens the stack of a page of the dashboards that have no room here. */
  furtherDashboards: (page: number) => Stack;
}

/**
 * What a stage has once: web ACL, the APIs' own name, dashboards, fleet alarms, on-call topic, canary, probe.
 * It knows its systems by the names derived from the fleet and imports nothing from their stacks, so that each
 * deploys and is removed alone.
 */
export class FleetStack extends Stack {
  /** The web ACL of the APIs that are built here; undefined where none is. */
  readonly webAclArn: string | undefined;

  constructor(scope: Construct, id: string, props: FleetStackProps) {
    super(scope, id, props);
    const { stage, config, fleet, codeDirectory, network, furtherDashboards } = props;
    const names = fleetNames(stage);
    const systems = monitoredSystems(fleet, stage);
    const lookedAt = lookedAtOf(systems);
    const documents = adoptedDocuments(fleet, stage);
    this.webAclArn = this.addOwnApisShare(props);
    addOnCallTopic(this, stage, fleet.onCall);
    if (lookedAt.databases > 0) {
      addProbe(this, {
        service: fleet.service,
        stage,
        codeDirectory,
        buildsAny: ownSystemsIn(fleet, config).length > 0,
        adopted: documents.filter(isProbed),
        provenBy: provingOf(fleet.stages, stage),
        statementsPerSecond: probeStatementsPerSecond(fleet, stage),
      });
    }
    const readers = provenAccounts(fleet.stages, stage);
    if (readers.length > 0) addEvidenceReader(this, stage, readers);
    if (lookedAt.healths > 0) {
      addCanary(this, {
        service: fleet.service,
        stage,
        codeDirectory,
        systems: systems.flatMap(({ system, hasHealthcheck }) => (hasHealthcheck ? [system] : [])),
        adopted: documents.filter(({ healthcheckUrl }) => healthcheckUrl !== undefined),
        ...(network?.apiEndpoint && { network: this.joined(network) }),
      });
    }
    addComparison(this, { stage, config, codeDirectory });
    const { periodSeconds } = config;
    const dashboardNames = dashboardNamesOf(stage);
    addFleetAlarms(this, {
      stage,
      lookedAt,
      periodSeconds,
      dashboardNames,
      onCallTopicArn: this.formatArn({ service: 'sns', resource: names.onCallTopic }),
      alarmNameOf: (alarm) => fleetAlarmName(stage, alarm),
    });
    addDashboards(this, {
      stage,
      dashboardNames,
      periodSeconds,
      systems,
      alarmArnOf: (system, alarm) => alarmArn(this, alarmName(stage, system, alarm)),
      fleetAlarmArnOf: (alarm) => alarmArn(this, fleetAlarmName(stage, alarm)),
      furtherScope: furtherDashboards,
    });
  }

  /** What the APIs that are built here have in common. */
  private addOwnApisShare({ stage, config, fleet }: FleetStackProps): string | undefined {
    const systems = ownSystemsIn(fleet, config);
    if (systems.length === 0) return undefined;
    const { attrArn } = addWebAcl(this, { stage, config, systems });
    if (stagesOn(fleet, stage).length > 0) {
      const exportName = fleetExports(stage).webAcl;
      new CfnOutput(this, `Shared-${exportName}`, { exportName, value: attrArn });
    }
    if (config.domain) addCustomDomain(this, config.domain);
    return attrArn;
  }

  /** Into the network, in a group that lets nobody in. */
  private joined({ vpc, appSubnets }: NetworkStack) {
    const group = new SecurityGroup(this, 'CanaryGroup', { vpc, description: 'The canary, out only' });
    return { vpc, subnets: appSubnets, securityGroups: [group] };
  }
}
