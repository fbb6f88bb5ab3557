import { RemovalPolicy } from 'aws-cdk-lib';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnCluster } from 'aws-cdk-lib/aws-redshift';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { StageConfig } from '../../fleet/fleet.ts';
import type { ServiceDefinition } from '../../fleet/service.ts';
import { auditLogGroupName, databaseName, databaseUsers, systemNames } from '../../fleet/names.ts';
import { acknowledge } from './acknowledge.ts';
import { ownLogGroup } from './ownLogGroup.ts';

export interface DatabaseProps {
  service: ServiceDefinition;
  stage: string;
  system: string;
  database: StageConfig['database'];
  key: IKey;
  subnetGroupName: string;
  parameterGroupName: string;
  securityGroup: ISecurityGroup;
}

/** A system's Redshift cluster and the credentials of its users, which the migrations create. */
export class Database extends Construct {
  readonly cluster: CfnCluster;
  /** JSON secrets with `username` and `password`, by the role that logs in with them. */
  readonly secrets: Readonly<Record<'api' | 'subscriber' | 'probe', Secret>>;

  constructor(scope: Construct, id: string, props: DatabaseProps) {
    super(scope, id);
    const { database, key } = props;
    const names = systemNames(props.service, props.stage, props.system);
    const auditLogs = (['connectionlog', 'userlog'] as const).map((log) =>
      ownLogGroup(this, `Audit-${log}`, auditLogGroupName(names.cluster, log)),
    );
    this.cluster = new CfnCluster(this, 'Cluster', {
      clusterIdentifier: names.cluster,
      nodeType: database.nodeType,
      clusterType: database.nodes === 1 ? 'single-node' : 'multi-node',
      ...(database.nodes > 1 && { numberOfNodes: database.nodes }),
      dbName: databaseName(props.system),
      port: database.port,
      masterUsername: 'headroom_admin',
      manageMasterPassword: true,
      masterPasswordSecretKmsKeyId: key.keyArn,
      encrypted: true,
      kmsKeyId: key.keyArn,
      publiclyAccessible: false,
      clusterSubnetGroupName: props.subnetGroupName,
      clusterParameterGroupName: props.parameterGroupName,
      vpcSecurityGroupIds: [props.securityGroup.securityGroupId],
      // Not useractivitylog: it holds the statements, and with them clients' data.
      loggingProperties: { logDestinationType: 'cloudwatch', logExports: ['connectionlog', 'userlog'] },
      // A zone's outage moves the cluster to another zone of the subnet group.
      availabilityZoneRelocation: true,
      automatedSnapshotRetentionPeriod: database.snapshotRetentionDays,
    });
    this.cluster.applyRemovalPolicy(
      database.snapshotOnRemoval ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY,
    );
    acknowledge(this.cluster, {
      RS1: 'The parameter group that requires TLS is in the network stack, where this rule does not look.',
      RS4: 'Whoever may reach the port is decided by db-ingress; another number would hide nothing.',
      RS11: 'The user activity log holds statements, and with them the data of clients.',
    });
    for (const logs of auditLogs) this.cluster.node.addDependency(logs);

    const users = databaseUsers(props.system);
    const secret = (role: keyof typeof users, secretName: string): Secret =>
      new Secret(this, `Secret-${role}`, {
        secretName,
        description: `Database user of the ${role}`,
        encryptionKey: key,
        generateSecretString: {
          secretStringTemplate: JSON.stringify({ username: users[role] }),
          generateStringKey: 'password',
          passwordLength: 32,
          excludePunctuation: true,
        },
      });
    acknowledge(this, {
      SMG4: 'A password is changed by a new version of its secret and "headroom migrate"; a function that did both would need the rights of the administrator. The password of the administrator itself is rotated by Redshift.',
    });
    this.secrets = {
      api: secret('api', names.apiSecret),
      subscriber: secret('subscriber', names.subscriberSecret),
      probe: secret('probe', names.probeSecret),
    };
  }
}
