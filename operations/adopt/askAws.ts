import { GetRestApiCommand, GetStagesCommand } from '@aws-sdk/client-api-gateway';
import { DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { DescribeSecurityGroupRulesCommand } from '@aws-sdk/client-ec2';
import { GetFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { DescribeClustersCommand } from '@aws-sdk/client-redshift';
import { describeError } from '../../core/describeError.ts';
import type { Connection } from '../connection.ts';
import { adoptionOf, type FoundAdoption } from './adoptionOf.ts';
import type { Fact } from './facts.ts';

type Clients = Pick<Connection['clients'], 'apiGateway' | 'cloudFormation' | 'ec2' | 'lambda' | 'redshift'>;

/** What a stack has made. @throws the client's errors: a stack that is not there is a mistake */
export async function factsOfStack({ cloudFormation }: Clients, stack: string): Promise<Fact[]> {
  const { StackResources = [] } = await cloudFormation.send(
    new DescribeStackResourcesCommand({ StackName: stack }),
  );
  return StackResources.flatMap(
    ({ LogicalResourceId: name = '', PhysicalResourceId: value, ResourceType: type }) =>
      value === undefined ? [] : [{ name, value, ...(type !== undefined && { type }) }],
  );
}

/**
 * The adoption that facts come to, with what AWS knows beside them: the API's name and URL, reserved concurrency, the
 * database in a cluster, the rule between two groups. What AWS does not tell is said, and left out.
 */
export async function findAdoption(
  clients: Clients,
  region: string,
  facts: readonly Fact[],
): Promise<FoundAdoption> {
  const unasked: string[] = [];
  const ask = async (what: string, question: () => Promise<Fact[]>): Promise<Fact[]> => {
    try {
      return await question();
    } catch (error) {
      unasked.push(`${what}: ${describeError(error)}`);
      return [];
    }
  };
  const first = adoptionOf(facts).adopt;
  const apiId = (first['apiId'] as string | undefined) ?? idIn(first['apiUrl']);
  const more = apiId === undefined ? [] : await ask(`API ${apiId}`, () => apiFacts(clients, region, apiId));
  const found = adoptionOf([...facts, ...more], unasked);
  const { adopt } = found;
  await ask('reserved concurrency', async () => {
    const name = (adopt['functions'] as { api?: string } | undefined)?.api;
    if (name === undefined) return [];
    const { ReservedConcurrentExecutions } = await clients.lambda.send(
      new GetFunctionConcurrencyCommand({ FunctionName: name }),
    );
    if (ReservedConcurrentExecutions !== undefined)
      give(found, 'reservedConcurrency', ReservedConcurrentExecutions);
    return [];
  });
  await ask('database', async () => {
    const database = adopt['database'] as { engine: string; identifier: string } | undefined;
    if (database?.engine !== 'redshift') return [];
    const { Clusters = [] } = await clients.redshift.send(
      new DescribeClustersCommand({ ClusterIdentifier: database.identifier }),
    );
    const name = Clusters[0]?.DBName;
    if (name !== undefined) adopt['database'] = { ...database, database: name };
    return [];
  });
  await ask('security groups', () => findRule(clients, facts, found));
  return { ...found, unasked };
}

async function apiFacts({ apiGateway }: Clients, region: string, restApiId: string): Promise<Fact[]> {
  const { name } = await apiGateway.send(new GetRestApiCommand({ restApiId }));
  const { item = [] } = await apiGateway.send(new GetStagesCommand({ restApiId }));
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

/** Of the groups that were found, the two of which one lets the other in at one port. */
async function findRule({ ec2 }: Clients, facts: readonly Fact[], found: FoundAdoption): Promise<Fact[]> {
  const groups = facts.map(({ value }) => value).filter((value) => /^sg-[0-9a-f]+$/.test(value));
  if (groups.length < 2) return [];
  const { SecurityGroupRules = [] } = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [...new Set(groups)] }] }),
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
  if (!rule || rules.length > 1) return [];
  give(found, 'securityGroups', {
    dbIngress: rule.ReferencedGroupInfo?.GroupId,
    dbServers: rule.GroupId,
    rule: { port: rule.FromPort, ...(rule.Description && { description: rule.Description }) },
  });
  return [];
}

function give(found: FoundAdoption, field: string, value: unknown): void {
  found.adopt[field] = value;
  found.missing = found.missing.filter((one) => !one.field.startsWith(`adopt.${field}`));
}

const idIn = (url: unknown): string | undefined =>
  typeof url === 'string' ? /^https:\/\/([a-z0-9]+)\.execute-api\./.exec(url)?.[1] : undefined;
