import { GetRestApiCommand, GetStagesCommand } from '@aws-sdk/client-api-gateway';
import { DescribeStacksCommand, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { DescribeSecurityGroupRulesCommand } from '@aws-sdk/client-ec2';
import { DescribeDBClustersCommand } from '@aws-sdk/client-rds';
import { DescribeClustersCommand } from '@aws-sdk/client-redshift';
import { describeError } from '../../core/describeError.ts';
import { apiIdIn } from '../../fleet/adoption/awsNames.ts';
import { callLimit, eachCallLimit } from '../../monitoring/callLimit.ts';
import type { Connection } from '../connection.ts';
import { UsageError } from '../errors.ts';
import { adoptionOf, securityGroup, type FoundAdoption } from './adoptionOf.ts';
import { askFunctions, give } from './askFunctions.ts';
import type { Fact } from './facts.ts';

type Clients = Pick<
  Connection['clients'],
  'apiGateway' | 'cloudFormation' | 'ec2' | 'lambda' | 'logs' | 'rds' | 'redshift'
>;

/** Of what was deleted, is being, or was never made; a stack tells of it for 90 days more. */
const isGone = (status: string | undefined): boolean =>
  /^(DELETE_(COMPLETE|IN_PROGRESS)|CREATE_FAILED)$/.test(status ?? '');

/**
 * What a stack has made and is there, and what it puts out.
 * @throws UsageError for a stack that is not there, or of which nothing is; the client's errors
 */
export async function factsOfStack({ cloudFormation: client }: Clients, stack: string): Promise<Fact[]> {
  const { Stacks: [found] = [] } = await client
    .send(new DescribeStacksCommand({ StackName: stack }), { abortSignal: callLimit() })
    .catch((error: Error) => {
      throw error.name === 'ValidationError' ? new UsageError(`--stack ${stack}: ${error.message}.`) : error;
    });
  const facts = (found?.Outputs ?? []).flatMap(({ OutputKey: name = '', OutputValue: value }): Fact[] =>
    value === undefined ? [] : [{ name, value }],
  );
  let isThere = false;
  // Not DescribeStackResources, which tells of a hundred and no more.
  for await (const { StackResourceSummaries = [] } of paginateListStackResources(
    { client },
    { StackName: stack },
    eachCallLimit(),
  )) {
    for (const {
      LogicalResourceId: name = '',
      PhysicalResourceId: value,
      ResourceType: type,
      ResourceStatus: status,
    } of StackResourceSummaries) {
      // One that was never made has none, or an empty one.
      if (!value || isGone(status)) continue;
      isThere = true;
      facts.push({ name, value, ...(type !== undefined && { type }) });
    }
  }
  if (isThere) return facts;
  throw new UsageError(
    `--stack ${stack}: it is ${found?.StackStatus}, and nothing that it made is there: name the stack that has made the system.`,
  );
}

/**
 * The adoption that facts come to, with what AWS knows beside them: the API's name and URL, what the functions
 * log to and how many run at once, the database in a cluster of Redshift, the instances of
 * Aurora, the rule between two groups. What AWS does not tell is said, and left out.
 */
export async function findAdoption(
  clients: Clients,
  region: string,
  facts: readonly Fact[],
): Promise<FoundAdoption> {
  const unasked: string[] = [];
  const ask = async <T>(what: string, question: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await question();
    } catch (error) {
      unasked.push(`${what}: ${describeError(error)}`);
      return undefined;
    }
  };
  const first = adoptionOf(facts).adopt as { apiId?: string; apiUrl?: string };
  const apiId = first.apiId ?? apiIdIn(first.apiUrl ?? '');
  const more = apiId === undefined ? [] : await ask(`API ${apiId}`, () => apiFacts(clients, region, apiId));
  const found = adoptionOf([...facts, ...(more ?? [])]);
  const { adopt } = found;
  await askFunctions(clients, found, ask);
  const database = adopt['database'] as { engine: string; identifier: string } | undefined;
  if (database?.engine === 'redshift') {
    const inCluster = await ask('database', () => databaseIn(clients, database.identifier));
    if (inCluster !== undefined) give(found, 'database.database', inCluster);
  }
  if (database?.engine === 'aurora-postgresql') {
    const instances = await ask('instances', () => instancesIn(clients, database.identifier));
    if (instances !== undefined && instances.length > 0) give(found, 'database.instances', instances);
  }
  const groups = facts.map(({ value }) => value).filter((value) => securityGroup.test(value));
  const rule = groups.length < 2 ? undefined : await ask('security groups', () => findRule(clients, groups));
  if (rule) give(found, 'securityGroups', rule);
  return { ...found, unasked };
}

async function apiFacts({ apiGateway }: Clients, region: string, restApiId: string): Promise<Fact[]> {
  const { name } = await apiGateway.send(new GetRestApiCommand({ restApiId }), {
    abortSignal: callLimit(),
  });
  const { item = [] } = await apiGateway.send(new GetStagesCommand({ restApiId }), {
    abortSignal: callLimit(),
  });
  return [
    ...(name === undefined ? [] : [{ name: 'apiName', value: name }]),
    ...item.flatMap(({ stageName }) =>
      stageName === undefined
        ? []
        : [
            {
              name: 'apiUrl',
              value: `https://${restApiId}.execute-api.${region}.amazonaws.com/${stageName}`,
            },
          ],
    ),
  ];
}

async function databaseIn({ redshift }: Clients, ClusterIdentifier: string): Promise<string | undefined> {
  const { Clusters = [] } = await redshift.send(new DescribeClustersCommand({ ClusterIdentifier }), {
    abortSignal: callLimit(),
  });
  return Clusters[0]?.DBName;
}

async function instancesIn({ rds }: Clients, DBClusterIdentifier: string): Promise<string[]> {
  const { DBClusters = [] } = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier }), {
    abortSignal: callLimit(),
  });
  const members = DBClusters.find((cluster) => cluster.DBClusterIdentifier === DBClusterIdentifier);
  return (members?.DBClusterMembers ?? []).flatMap(({ DBInstanceIdentifier: name }) => name ?? []).toSorted();
}

/** Of these groups, the two of which one lets the other in at one port; undefined unless there is one such rule. */
async function findRule({ ec2 }: Clients, groups: readonly string[]): Promise<object | undefined> {
  const { SecurityGroupRules = [] } = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [...new Set(groups)] }] }),
    { abortSignal: callLimit() },
  );
  const rules = SecurityGroupRules.filter(
    ({ IsEgress, IpProtocol, FromPort, ToPort, GroupId, ReferencedGroupInfo }) =>
      !IsEgress &&
      IpProtocol === 'tcp' &&
      FromPort === ToPort &&
      groups.includes(GroupId ?? '') &&
      groups.includes(ReferencedGroupInfo?.GroupId ?? ''),
  );
  const [rule] = rules;
  if (!rule || rules.length > 1) return undefined;
  return {
    dbIngress: rule.ReferencedGroupInfo?.GroupId,
    dbServers: rule.GroupId,
    rule: { port: rule.FromPort, ...(rule.Description && { description: rule.Description }) },
  };
}
