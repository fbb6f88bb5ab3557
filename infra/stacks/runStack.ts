import { Fn, Stack, Validations, type StackProps } from 'aws-cdk-lib';
import { SecurityGroup, Subnet, Vpc, type ISubnet, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { documentOf } from '../constructs/documentOf.ts';
import { Messaging } from '../constructs/messaging.ts';
import { Service } from '../constructs/service.ts';
import { publishSystemDocument } from '../constructs/systemDocumentParameter.ts';
import type { StageConfig, System } from '../../fleet/fleet.ts';
import type { ServiceDefinition } from '../../fleet/service.ts';
import { fleetExports, networkExports, runSchema, systemExports } from '../../fleet/names.ts';

export interface RunStackProps extends StackProps {
  service: ServiceDefinition;
  /** `{stage}-{run}`: every name follows from it, so that two runs never meet. */
  stage: string;
  /** With what the system has otherwise than the stage's others, as the other stage's below. */
  config: StageConfig;
  system: System;
  /** The stage whose network, keys, web ACL and databases it uses. */
  base: { stage: string; config: StageConfig };
  /** The zones of its network. */
  zones: string[];
  /** Directory of the functions' bundle. */
  codeDirectory: string;
  release: string;
}

/**
 * A system for one run: API, subscriber, topic and queues of its own, in another stage's subnets and groups
 * (so that its functions share that stage's network interfaces) and in its database, in a schema of their
 * own. Its database users are the other stage's: nothing of it outlives its removal but the schema, which
 * `headroom migrate --remove` drops before.
 */
export class RunStack extends Stack {
  private readonly zones: string[];

  constructor(
    scope: Construct,
    id: string,
    { service, stage, config, system, base, zones, codeDirectory, release, ...props }: RunStackProps,
  ) {
    super(scope, id, props);
    this.zones = zones;
    const network = networkExports(base.stage);
    const shared = systemExports(base.stage, system.name);
    const dataKeyArn = Fn.importValue(network.dataKey);
    const secretArns = {
      admin: Fn.importValue(shared.adminSecret),
      api: Fn.importValue(shared.apiSecret),
      subscriber: Fn.importValue(shared.subscriberSecret),
      probe: Fn.importValue(shared.probeSecret),
    };
    const schema = runSchema(stage);
    const messaging = new Messaging(this, 'Messaging', {
      service,
      stage,
      system: system.name,
      subscriber: config.subscriber,
      topicsKey: Key.fromKeyArn(this, 'TopicsKey', Fn.importValue(network.topicsKey)),
      queuesKey: Key.fromKeyArn(this, 'QueuesKey', Fn.importValue(network.queuesKey)),
    });
    const { api } = new Service(this, 'Service', {
      service,
      stage,
      config,
      system,
      messaging,
      codeDirectory,
      webAclArn: Fn.importValue(fleetExports(base.stage).webAcl),
      database: {
        host: Fn.importValue(shared.host),
        port: Fn.importValue(shared.port),
        schema,
        secretArns,
        keyArn: dataKeyArn,
      },
      network: this.importNetwork(network, [shared.latamChallenge, shared.dbIngress]),
    });
    publishSystemDocument(
      this,
      documentOf({
        service,
        stage,
        system,
        release,
        region: this.region,
        config,
        api,
        messaging,
        database: {
          ...base,
          schema,
          secretArns,
          groupIds: {
            dbIngress: Fn.importValue(shared.dbIngress),
            dbServers: Fn.importValue(shared.dbServers),
          },
        },
      }),
    );
  }

  private importNetwork(network: ReturnType<typeof networkExports>, groups: string[]) {
    const vpc: IVpc = Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: Fn.importValue(network.vpc),
      // Lambda asks for subnets, not zones; CDK wants to know them.
      availabilityZones: this.zones,
    });
    Validations.of(this).acknowledge({
      id: 'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId',
      reason: 'Nobody asks for the route tables of another stage.',
    });
    const subnets: ISubnet[] = network.appSubnets.map((name) =>
      Subnet.fromSubnetId(this, name, Fn.importValue(name)),
    );
    const securityGroups = groups.map((name) =>
      // Its rules are its owner's.
      SecurityGroup.fromSecurityGroupId(this, name, Fn.importValue(name), { mutable: false }),
    );
    return { vpc, subnets, securityGroups };
  }
}
