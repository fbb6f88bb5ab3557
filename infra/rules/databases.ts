import { resourcesOf, type Rule } from './template.ts';

const required: Readonly<Record<string, unknown>> = {
  Encrypted: true,
  PubliclyAccessible: false,
  ManageMasterPassword: true,
  AvailabilityZoneRelocation: true,
};

export const databases: Rule = {
  name: 'databases',
  check: (template) =>
    resourcesOf(template, 'AWS::Redshift::Cluster').flatMap(([id, cluster]) => [
      ...Object.entries(required)
        .filter(([property, value]) => cluster[property] !== value)
        .map(([property, value]) => `${id}: ${property}: expected ${String(value)}`),
      ...['KmsKeyId', 'LoggingProperties', 'ClusterParameterGroupName', 'ClusterSubnetGroupName']
        .filter((property) => cluster[property] === undefined)
        .map((property) => `${id}: ${property}: missing`),
      ...['MasterUserPassword']
        .filter((property) => cluster[property] !== undefined)
        .map((property) => `${id}: ${property}: expected none`),
    ]),
};

/** Clusters name the group; only here can be seen what it requires. */
export const databaseTls: Rule = {
  name: 'databaseTls',
  check: (template) =>
    resourcesOf(template, 'AWS::Redshift::ClusterParameterGroup')
      .filter(
        ([, { Parameters }]) =>
          !((Parameters ?? []) as { ParameterName: string; ParameterValue: string }[]).some(
            ({ ParameterName, ParameterValue }) =>
              ParameterName === 'require_ssl' && ParameterValue === 'true',
          ),
      )
      .map(([id]) => `${id}: does not require TLS`),
};
