import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { Database } from '../constructs/database.ts';
import { documentOf } from '../constructs/documentOf.ts';
import { Messaging } from '../constructs/messaging.ts';
import { restoreRole } from '../constructs/restoreRole.ts';
import { SecurityGroups } from '../constructs/securityGroups.ts';
import { Service } from '../constructs/service.ts';
import { publishSystemDocument } from '../constructs/systemDocumentParameter.ts';
import { stagesOn, type Fleet, type StageConfig, type System } from '../../fleet/fleet.ts';
import { systemExports, systemNames } from '../../fleet/names.ts';
import type { NetworkStack } from './networkStack.ts';
import { addAlarmsOf } from './systemAlarmsOfStage.ts';

export interface SystemStackProps extends StackProps {
  stage: string;
  /** With what the system has otherwise than the stage's others. */
  config: StageConfig;
  fleet: Fleet;
  system: System;
  network: NetworkStack;
  /** The web ACL of all the stage's APIs. */
  webAclArn: string;
  /** Directory of the functions' bundle. */
  codeDirectory: string;
  release: string;
}

/** One system: its database, queue, functions, API and alarms, and the document that says where they are. */
export class SystemStack extends Stack {
  private readonly props: SystemStackProps;
  private readonly groups: SecurityGroups;
  private readonly database: Database;

  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, props);
    this.props = props;
    const { stage, config, fleet, system, network, webAclArn, codeDirectory } = props;
    const { service } = fleet;
    const names = systemNames(service, stage, system.name);
    // Imported by ARN, so that grants stay in this stack's roles and out of the keys' policies.
    const key = (keyId: string, { keyArn }: Key) => Key.fromKeyArn(this, keyId, keyArn);
    const dataKey = key('DataKey', network.dataKey);

    this.groups = new SecurityGroups(this, 'SecurityGroups', {
      vpc: network.vpc,
      stage,
      names,
      databasePort: config.database.port,
    });
    this.database = new Database(this, 'Database', {
      service,
      stage,
      system: system.name,
      database: config.database,
      key: dataKey,
      subnetGroupName: network.clusterSubnetGroupName,
      parameterGroupName: network.clusterParameterGroupName,
      securityGroup: this.groups.dbServers,
    });
    const { cluster, secrets } = this.database;
    const secretArns = {
      admin: cluster.attrMasterPasswordSecretArn,
      api: secrets.api.secretArn,
      subscriber: secrets.subscriber.secretArn,
      probe: secrets.probe.secretArn,
    };
    const messaging = new Messaging(this, 'Messaging', {
      service,
      stage,
      system: system.name,
      subscriber: config.subscriber,
      topicsKey: key('TopicsKey', network.topicsKey),
      queuesKey: key('QueuesKey', network.queuesKey),
    });
    const { api } = new Service(this, 'Service', {
      service,
      stage,
      config,
      system,
      messaging,
      webAclArn,
      codeDirectory,
      database: {
        host: cluster.attrEndpointAddress,
        port: cluster.attrEndpointPort,
        secretArns,
        keyArn: dataKey.keyArn,
      },
      network: {
        vpc: network.vpc,
        subnets: network.appSubnets,
        securityGroups: [this.groups.latamChallenge, this.groups.dbIngress],
      },
      ...(network.apiEndpoint && { apiEndpoint: network.apiEndpoint }),
    });
    const { roleArn } = restoreRole(this, 'RestoreRole', {
      roleName: names.restoreRole,
      group: this.groups.dbServers,
      apiStage: api.api.deploymentStage,
    });
    addAlarmsOf(this, { stage, config, fleet, system: system.name });
    const groupIds = {
      dbIngress: this.groups.dbIngress.securityGroupId,
      dbServers: this.groups.dbServers.securityGroupId,
    };
    publishSystemDocument(
      this,
      documentOf({
        service,
        stage,
        system,
        release: props.release,
        region: this.region,
        config,
        api,
        messaging,
        database: { stage, config, secretArns, groupIds, restoreRoleArn: roleArn },
      }),
    );
    if (stagesOn(props.fleet, stage).length > 0) this.share(secretArns);
  }

  /** What stages of runs take from here by name. */
  private share(secretArns: Record<'admin' | 'api' | 'subscriber' | 'probe', string>): void {
    const { stage, system } = this.props;
    const names = systemExports(stage, system.name);
    const values: Record<keyof typeof names, string> = {
      host: this.database.cluster.attrEndpointAddress,
      port: this.database.cluster.attrEndpointPort,
      adminSecret: secretArns.admin,
      apiSecret: secretArns.api,
      subscriberSecret: secretArns.subscriber,
      probeSecret: secretArns.probe,
      dbIngress: this.groups.dbIngress.securityGroupId,
      dbServers: this.groups.dbServers.securityGroupId,
      latamChallenge: this.groups.latamChallenge.securityGroupId,
    };
    for (const [kind, value] of Object.entries(values) as [keyof typeof names, string][]) {
      new CfnOutput(this, `Shared-${kind}`, { exportName: names[kind], value });
    }
  }
}
