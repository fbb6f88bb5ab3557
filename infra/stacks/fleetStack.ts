import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { addDashboards } from '../../monitoring/dashboards/dashboards.ts';
import { addCustomDomain } from '../constructs/customDomain.ts';
import { addOnCallTopic } from '../constructs/onCallTopic.ts';
import { addProbe } from '../constructs/probe.ts';
import { addWebAcl } from '../constructs/webAcl.ts';
import { connectionLimitOf, stagesOn, type Fleet, type StageConfig } from '../fleet.ts';
import { fleetExports, fleetNames, monitoredSystem } from '../names.ts';

export interface FleetStackProps extends StackProps {
  stage: string;
  config: StageConfig;
  fleet: Fleet;
  /** Directory of the functions' bundle. */
  codeDirectory: string;
}

/**
 * What a stage has once: web ACL, the APIs' own name, dashboards, on-call topic, probe. It knows its systems by the names derived from
 * the fleet and imports nothing from their stacks, so that each deploys and is removed alone.
 */
export class FleetStack extends Stack {
  /** The web ACL of all the stage's APIs. */
  readonly webAclArn: string;

  constructor(scope: Construct, id: string, props: FleetStackProps) {
    super(scope, id, props);
    const { stage, config, fleet, codeDirectory } = props;
    const names = fleetNames(stage);
    this.webAclArn = addWebAcl(this, { stage, config, systems: fleet.systems }).attrArn;
    if (stagesOn(fleet, stage).length > 0) {
      const exportName = fleetExports(stage).webAcl;
      new CfnOutput(this, `Shared-${exportName}`, { exportName, value: this.webAclArn });
    }
    if (config.domain) addCustomDomain(this, config.domain);
    addOnCallTopic(this, stage, fleet.onCall);
    addProbe(this, stage, codeDirectory);
    addDashboards(this, {
      dashboardNames: { application: names.applicationDashboard, database: names.databaseDashboard },
      systems: fleet.systems.map(({ name }) =>
        monitoredSystem(stage, name, {
          connectionLimit: connectionLimitOf(config),
          apiReservedConcurrency: config.api.reservedConcurrency,
        }),
      ),
      periodSeconds: config.periodSeconds,
    });
  }
}
