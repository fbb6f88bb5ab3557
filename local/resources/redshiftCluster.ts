import { z } from 'zod';
import { cfnNumber, defineResource, inert } from './define.ts';
import { endpointPlaceholder } from './endpointPlaceholder.ts';

const hardware = inert('PostgreSQL stands for the cluster, on what this machine has');
const encryption = inert('nothing is encrypted on this machine');
const network = inert('one machine has no subnets or zones');

/**
 * Every cluster is a database of one PostgreSQL server. It is made when the whole template is known
 * (resources/databases.ts): how many connections it accepts stands in its system's document.
 */
export const redshiftCluster = defineResource(
  'AWS::Redshift::Cluster',
  {
    ClusterIdentifier: z.string(),
    DBName: z.string(),
    Port: cfnNumber.int().default(5439),
    VpcSecurityGroupIds: z.array(z.string()).min(1),
    ManageMasterPassword: z.literal(true, {
      error: 'expected true: the administrator of this stage comes from a managed secret',
    }),
    MasterUsername: inert(
      "the administrator is the PostgreSQL server's own; its name is in the managed secret",
    ),
    PubliclyAccessible: z.literal(false).optional(),
    NodeType: hardware,
    NumberOfNodes: hardware,
    ClusterType: hardware,
    ClusterParameterGroupName: inert('sessions on loopback need no TLS'),
    ClusterSubnetGroupName: network,
    AvailabilityZoneRelocation: network,
    Encrypted: encryption,
    KmsKeyId: encryption,
    MasterPasswordSecretKmsKeyId: encryption,
    LoggingProperties: inert('the administrator of this stage is whoever runs it: there is nobody to audit'),
    AutomatedSnapshotRetentionPeriod: inert('a stage on this machine keeps no snapshots'),
  },
  (properties, { postgres, secrets, clusters, securityGroupProxy, clock }) => {
    const { ClusterIdentifier: identifier, DBName: database, Port: rulePort } = properties;
    const { host, port, adminUser, adminPassword } = postgres;
    securityGroupProxy.addCluster({
      identifier,
      host,
      port,
      rulePort,
      securityGroupIds: properties.VpcSecurityGroupIds,
    });
    const { arn } = secrets.put(
      `redshift!${identifier}-admin`,
      JSON.stringify({ username: adminUser, password: adminPassword }),
      { nowMs: clock.now() },
    );
    const { VpcSecurityGroupIds: securityGroupIds } = properties;
    const cluster = { host, port, database, securityGroupIds, adminSecretArn: arn };
    clusters.add(identifier, cluster, () => postgres.endSessions(database));
    return {
      ref: identifier,
      attributes: {
        'Endpoint.Address': endpointPlaceholder(identifier, 'address'),
        'Endpoint.Port': endpointPlaceholder(identifier, 'port'),
        MasterPasswordSecretArn: arn,
      },
    };
  },
);
