import { CfnOutput, Stack, Validations, type StackProps } from 'aws-cdk-lib';
import {
  FlowLog,
  FlowLogDestination,
  FlowLogResourceType,
  FlowLogTrafficType,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
  type ISubnet,
  type IVpc,
  type IVpcEndpoint,
} from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnClusterParameterGroup, CfnClusterSubnetGroup } from 'aws-cdk-lib/aws-redshift';
import type { Construct } from 'constructs';
import { acknowledge } from '../constructs/acknowledge.ts';
import { ownLogGroup } from '../constructs/ownLogGroup.ts';
import { stagesOn, zonesOf, type Fleet, type StageConfig } from '../../fleet/fleet.ts';
import { flowLogGroupName, keyAliases, networkExports, networkNames } from '../../fleet/names.ts';

export interface NetworkStackProps extends StackProps {
  stage: string;
  config: StageConfig;
  fleet: Fleet;
}

/** What a stage's systems share: the network, the keys, what every cluster has in common. */
export class NetworkStack extends Stack {
  readonly vpc: IVpc;
  /** Subnets of the functions, one a zone. */
  readonly appSubnets: ISubnet[];
  /** The way to private APIs; undefined where they are regional. */
  readonly apiEndpoint: IVpcEndpoint | undefined;
  /** Encrypts databases and their secrets. */
  readonly dataKey: Key;
  /** Encrypts topics. One key for a topic and its queue would be a circular dependency. */
  readonly topicsKey: Key;
  /** Encrypts the topics' queues. */
  readonly queuesKey: Key;
  /** The databases' subnets. One group for all clusters: an account has 20. */
  readonly clusterSubnetGroupName: string;
  /** Parameters of every cluster. One group for all: an account has 20. */
  readonly clusterParameterGroupName: string;
  private readonly zones: string[];

  constructor(scope: Construct, id: string, { stage, config, fleet, ...props }: NetworkStackProps) {
    super(scope, id, props);
    this.zones = zonesOf(fleet);
    const names = networkNames(fleet.service, stage);
    const aliases = keyAliases(stage);

    // Asserted: under exactOptionalPropertyTypes CDK's own classes miss its interfaces by an `undefined`.
    this.vpc = new Vpc(this, 'Vpc', {
      vpcName: names.vpc,
      ipAddresses: IpAddresses.cidr('10.0.0.0/16'),
      natGateways: 0,
      // Nothing is ever put into the default group; closing it would take a function of CDK's own.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'app', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 19 },
        { name: 'db', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 22 },
      ],
    }) as IVpc;
    Validations.of(this).acknowledge({
      id: 'CloudFormation-Validate::W3010',
      reason: 'Zones by name: a look-up would need the account, and all three must be in use.',
    });
    this.appSubnets = this.vpc.selectSubnets({ subnetGroupName: 'app' }).subnets;
    this.keepRefusals(stage);
    this.apiEndpoint = this.addEndpoints({
      privateApis: config.endpoint === 'private',
      publishes: fleet.service.publishes.length > 0,
    });

    this.dataKey = this.addKey('Data', aliases.data);
    this.topicsKey = this.addKey('Topics', aliases.topics);
    this.queuesKey = this.addKey('Queues', aliases.queues);
    const runs = stagesOn(fleet, stage).map(([name]) => name);
    this.queuesKey.addToResourcePolicy(
      new PolicyStatement({
        sid: 'TopicsDeliverToQueues',
        principals: [new ServicePrincipal('sns.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: {
          ArnLike: {
            'aws:SourceArn': [stage, ...runs].map((owner) =>
              this.formatArn({ service: 'sns', resource: `${owner}-*` }),
            ),
          },
        },
      }),
    );

    this.clusterSubnetGroupName = new CfnClusterSubnetGroup(this, 'ClusterSubnets', {
      description: `Isolated subnets of the databases of ${stage}`,
      subnetIds: this.vpc.selectSubnets({ subnetGroupName: 'db' }).subnetIds,
    }).ref;
    this.clusterParameterGroupName = new CfnClusterParameterGroup(this, 'ClusterParameters', {
      parameterGroupName: names.clusterParameters,
      parameterGroupFamily: 'redshift-1.0',
      description: 'No connection without TLS',
      parameters: [{ parameterName: 'require_ssl', parameterValue: 'true' }],
    }).ref;
    if (runs.length > 0) this.share(stage);
  }

  /** As configured, without asking the account: synthesis works offline. */
  override get availabilityZones(): string[] {
    return this.zones;
  }

  /** What the functions call from a network without a way out: their password, the dead-letter queue, the topic. */
  private addEndpoints({
    privateApis,
    publishes,
  }: {
    privateApis: boolean;
    publishes: boolean;
  }): IVpcEndpoint | undefined {
    const securityGroup = new SecurityGroup(this, 'EndpointsSecurityGroup', {
      vpc: this.vpc,
      description: 'Endpoints of AWS services: HTTPS from inside the network',
      allowAllOutbound: false,
    });
    acknowledge(securityGroup, {
      EC23: 'Its source is the range of the network itself, which the rule cannot read.',
    });
    securityGroup.addIngressRule(Peer.ipv4(this.vpc.vpcCidrBlock), Port.tcp(443), 'HTTPS from the network');
    const add = (id: string, service: InterfaceVpcEndpointAwsService): IVpcEndpoint =>
      this.vpc.addInterfaceEndpoint(id, {
        service,
        subnets: { subnets: this.appSubnets },
        securityGroups: [securityGroup],
        open: false,
      });
    add('SecretsManager', InterfaceVpcEndpointAwsService.SECRETS_MANAGER);
    add('Sqs', InterfaceVpcEndpointAwsService.SQS);
    if (publishes) add('Sns', InterfaceVpcEndpointAwsService.SNS);
    if (!privateApis) return undefined;
    // The canary is inside then, and reads where the systems are.
    add('Documents', InterfaceVpcEndpointAwsService.SSM);
    return add('Apis', InterfaceVpcEndpointAwsService.APIGATEWAY);
  }

  /** Only what was refused is kept: it is rare, and all that a security group's reader asks for. */
  private keepRefusals(stage: string): void {
    const role = new Role(this, 'FlowLogsRole', {
      assumedBy: new ServicePrincipal('vpc-flow-logs.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': this.account },
          ArnLike: { 'aws:SourceArn': this.formatArn({ service: 'ec2', resource: 'vpc-flow-log/*' }) },
        },
      }),
      description: 'Writes what the network refused',
    });
    new FlowLog(this, 'FlowLogs', {
      resourceType: FlowLogResourceType.fromVpc(this.vpc),
      trafficType: FlowLogTrafficType.REJECT,
      destination: FlowLogDestination.toCloudWatchLogs(
        ownLogGroup(this, 'Refused', flowLogGroupName(stage)),
        role,
      ),
    });
  }

  /** What stages of runs take from here by name, always there: exported once one of them is configured. */
  private share(stage: string): void {
    const names = networkExports(stage);
    const share = (exportName: string, value: string): unknown =>
      new CfnOutput(this, `Shared-${exportName}`, { exportName, value });
    share(names.vpc, this.vpc.vpcId);
    share(names.dataKey, this.dataKey.keyArn);
    share(names.topicsKey, this.topicsKey.keyArn);
    share(names.queuesKey, this.queuesKey.keyArn);
    for (const [index, { subnetId }] of this.appSubnets.entries()) share(names.appSubnets[index]!, subnetId);
  }

  private addKey(purpose: string, alias: string): Key {
    return new Key(this, `${purpose}Key`, {
      alias,
      description: `${purpose} of the stage`,
      enableKeyRotation: true,
    });
  }
}
