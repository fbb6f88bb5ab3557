import { Stack, Validations, type StackProps } from 'aws-cdk-lib';
import {
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
  type ISubnet,
  type IVpc,
} from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnClusterParameterGroup, CfnClusterSubnetGroup } from 'aws-cdk-lib/aws-redshift';
import type { Construct } from 'constructs';
import { keyAliases, networkNames } from '../names.ts';

export interface NetworkStackProps extends StackProps {
  stage: string;
}

/** What a stage's systems share: the network, the keys, what every cluster has in common. */
export class NetworkStack extends Stack {
  readonly vpc: IVpc;
  /** Subnets of the functions, one a zone. */
  readonly appSubnets: ISubnet[];
  /** Encrypts databases and their secrets. */
  readonly dataKey: Key;
  /** Encrypts customers' topics. One key for a topic and its queue would be a circular dependency. */
  readonly topicsKey: Key;
  /** Encrypts the topics' queues. */
  readonly queuesKey: Key;
  /** The databases' subnets. One group for all clusters: an account has 20. */
  readonly clusterSubnetGroupName: string;
  /** Parameters of every cluster. One group for all: an account has 20. */
  readonly clusterParameterGroupName: string;

  constructor(scope: Construct, id: string, { stage, ...props }: NetworkStackProps) {
    super(scope, id, props);
    const names = networkNames(stage);
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
    this.addEndpoints();

    this.dataKey = this.addKey('Data', aliases.data);
    this.topicsKey = this.addKey('Topics', aliases.topics);
    this.queuesKey = this.addKey('Queues', aliases.queues);
    this.queuesKey.addToResourcePolicy(
      new PolicyStatement({
        sid: 'TopicsDeliverToQueues',
        principals: [new ServicePrincipal('sns.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: {
          ArnLike: { 'aws:SourceArn': this.formatArn({ service: 'sns', resource: `${stage}-*` }) },
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
  }

  /** Three zones of the region, without asking the account: synthesis works offline. */
  override get availabilityZones(): string[] {
    return ['a', 'b', 'c'].map((zone) => this.region + zone);
  }

  /** What the functions call from a network without a way out: their password, and the dead-letter queue. */
  private addEndpoints(): void {
    const securityGroup = new SecurityGroup(this, 'EndpointsSecurityGroup', {
      vpc: this.vpc,
      description: 'Endpoints of AWS services: HTTPS from inside the network',
      allowAllOutbound: false,
    });
    securityGroup.addIngressRule(Peer.ipv4(this.vpc.vpcCidrBlock), Port.tcp(443), 'HTTPS from the network');
    const endpoints = {
      SecretsManager: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
      Sqs: InterfaceVpcEndpointAwsService.SQS,
    };
    for (const [id, service] of Object.entries(endpoints)) {
      this.vpc.addInterfaceEndpoint(id, {
        service,
        subnets: { subnets: this.appSubnets },
        securityGroups: [securityGroup],
        open: false,
      });
    }
  }

  private addKey(purpose: string, alias: string): Key {
    return new Key(this, `${purpose}Key`, {
      alias,
      description: `${purpose} of the stage`,
      enableKeyRotation: true,
    });
  }
}
