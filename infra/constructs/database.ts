import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnCluster } from 'aws-cdk-lib/aws-redshift';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { StageConfig } from '../fleet.ts';
import { databaseName, databaseUsers, systemNames } from '../names.ts';

export interface DatabaseProps {
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
  private readonly key: IKey;

  constructor(scope: Construct, id: string, props: DatabaseProps) {
    super(scope, id);
    const { database, key } = props;
    this.key = key;
    const names = systemNames(props.stage, props.system);
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
      // A zone's outage moves the cluster to another zone of the subnet group.
      availabilityZoneRelocation: true,
      automatedSnapshotRetentionPeriod: 7,
    });
    this.cluster.applyRemovalPolicy(RemovalPolicy.SNAPSHOT);

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
    this.secrets = {
      api: secret('api', names.apiSecret),
      subscriber: secret('subscriber', names.subscriberSecret),
      probe: secret('probe', names.probeSecret),
    };
  }
  /** Lets a function read the credentials with which a role logs in. */
  grantLogin(role: 'api' | 'subscriber' | 'probe', grantee: IGrantable): void {
    this.secrets[role].grantRead(grantee);
    // grantRead leaves an imported key to the key's own policy, which trusts the account's identities.
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['kms:Decrypt'],
        resources: [this.key.keyArn],
        conditions: {
          StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(this).region}.amazonaws.com` },
        },
      }),
    );
  }
}
