import { concurrencyBudget, probeBudget } from '../budget.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { Counts } from './inventory.ts';
import { peakPerSecond } from './peak.ts';

/** What AWS allows by default of one thing, and how much of it is used. */
export interface QuotaUse {
  name: string;
  used: number;
  limit: number;
  usedPercent: number;
  /** Whether AWS raises it on request. */
  adjustable: boolean;
  /** What the limit counts within. */
  scope: 'account and region' | 'account' | 'network' | 'stack';
}

interface Quota extends Pick<QuotaUse, 'name' | 'adjustable' | 'scope'> {
  limit: number | ((region: string) => number);
  /** By one stage. */
  use: (stage: StageSize) => number;
}

/** One stage of a fleet as quotas see it. */
export interface StageSize {
  fleet: Fleet;
  stage: string;
  counts: Counts;
  /** Nodes of all clusters. */
  nodes: number;
  systems: number;
}

const resources =
  (...types: string[]) =>
  ({ counts }: StageSize): number =>
    types.reduce((total, type) => total + (counts.resources[type] ?? 0), 0);

/** A function joins each subnet with its groups once, and so do all that wear the same groups. */
const zones = 3;

/** Regions that begin with a quarter of the others' requests to APIs. */
const slowerRegions = new Set([
  'af-south-1',
  'ap-south-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-7',
  'ca-west-1',
  'eu-central-2',
  'eu-south-1',
  'eu-south-2',
  'il-central-1',
  'me-central-1',
  'mx-central-1',
]);

const inRegion =
  (usual: number) =>
  (region: string): number =>
    slowerRegions.has(region) ? usual / 4 : usual;

/**
 * Default quotas, read on 2026-11-24 in the services' guides under https://docs.aws.amazon.com: Redshift
 * redshift/latest/mgmt/amazon-redshift-limits.html; Lambda lambda/latest/dg/gettingstarted-limits.html; API Gateway
 * apigateway/latest/developerguide/limits.html; VPC vpc/latest/userguide/amazon-vpc-limits.html; IAM
 * IAM/latest/UserGuide/reference_iam-quotas.html; CloudWatch AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html;
 * WAF waf/latest/developerguide/limits.html; CloudFormation
 * AWSCloudFormation/latest/UserGuide/cloudformation-limits.html; Systems Manager general/latest/gr/ssm.html.
 */
const quotas: readonly Quota[] = [
  {
    name: 'Redshift nodes',
    limit: 200,
    adjustable: true,
    scope: 'account and region',
    use: ({ nodes }) => nodes,
  },
  {
    name: 'Redshift parameter groups',
    limit: 20,
    adjustable: false,
    scope: 'account and region',
    use: resources('AWS::Redshift::ClusterParameterGroup'),
  },
  {
    name: 'Redshift subnet groups',
    limit: 20,
    adjustable: true,
    scope: 'account and region',
    use: resources('AWS::Redshift::ClusterSubnetGroup'),
  },
  {
    name: "Lambda's network interfaces",
    limit: 500,
    adjustable: true,
    scope: 'network',
    use: ({ systems }) => systems * zones,
  },
  {
    name: 'REST APIs',
    limit: 600,
    adjustable: false,
    scope: 'account and region',
    use: resources('AWS::ApiGateway::RestApi'),
  },
  {
    name: 'Usage plans of APIs',
    limit: 300,
    adjustable: true,
    scope: 'account and region',
    use: resources('AWS::ApiGateway::UsagePlan'),
  },
  {
    name: 'API requests a second',
    limit: inRegion(10_000),
    adjustable: true,
    scope: 'account and region',
    use: ({ fleet, stage }) => peakPerSecond(fleet, stage),
  },
  {
    // Of their peaks requests come one after the other; the canary's come together.
    name: 'API requests at once',
    limit: inRegion(5_000),
    adjustable: false,
    scope: 'account and region',
    use: ({ systems }) => systems,
  },
  {
    name: 'Public custom domains',
    limit: 120,
    adjustable: true,
    scope: 'account and region',
    use: resources('AWS::ApiGateway::DomainName'),
  },
  {
    name: 'Security groups',
    limit: 2_500,
    adjustable: true,
    scope: 'account and region',
    use: resources('AWS::EC2::SecurityGroup'),
  },
  {
    name: 'Networks (VPC)',
    limit: 5,
    adjustable: true,
    scope: 'account and region',
    use: resources('AWS::EC2::VPC'),
  },
  { name: 'IAM roles', limit: 1_000, adjustable: true, scope: 'account', use: resources('AWS::IAM::Role') },
  {
    name: 'Alarms',
    limit: 5_000,
    adjustable: true,
    scope: 'account and region',
    use: resources('AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'),
  },
  {
    name: 'Web ACLs',
    limit: 100,
    adjustable: true,
    scope: 'account and region',
    use: resources('AWS::WAFv2::WebACL'),
  },
  {
    name: 'Stacks',
    limit: 2_000,
    adjustable: true,
    scope: 'account and region',
    use: ({ systems }) => systems + 2,
  },
  {
    name: 'Parameters',
    limit: 10_000,
    adjustable: true,
    scope: 'account and region',
    use: resources('AWS::SSM::Parameter'),
  },
];

/** Limits that each stage meets by itself; the others add up over the account. */
const ownScopes = new Set<QuotaUse['scope']>(['network', 'stack']);

/**
 * What a stage uses of each quota, with the account's other stages where the quota is the account's; the
 * one that binds first first.
 */
export function quotaUses(stage: StageSize, neighbours: readonly StageSize[]): QuotaUse[] {
  const uses = quotas.map(({ use, limit, ...quota }) => {
    const counted = ownScopes.has(quota.scope) ? [stage] : [stage, ...neighbours];
    return {
      ...quota,
      limit: typeof limit === 'number' ? limit : limit(stage.fleet.region),
      used: counted.reduce((total, one) => total + use(one), 0),
    };
  });
  const budgets = [
    ['Concurrent executions', concurrencyBudget(stage.fleet, stage.stage), true],
    ['Databases probed a minute', probeBudget(stage.fleet, stage.stage), false],
  ] as const;
  const computed = budgets.map(([name, { needed, allowed }, adjustable]) => ({
    name,
    used: needed,
    limit: allowed,
    adjustable,
    scope: 'account and region' as const,
  }));
  return [...uses, ...computed]
    .map((use) => ({ ...use, usedPercent: (use.used / use.limit) * 100 }))
    .sort((a, b) => b.usedPercent - a.usedPercent);
}
