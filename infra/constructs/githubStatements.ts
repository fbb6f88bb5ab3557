import type { PolicyStatementProps } from 'aws-cdk-lib/aws-iam';
import { keyAliases, systemNames } from '../names.ts';

interface Target {
  /** The stage, or `{stage}-*` for those of runs. */
  stage: string;
  /** The stage whose databases it uses: itself, mostly. */
  base: string;
  region: string;
  account: string;
}

/** `arn:…:{service}:{region}:{account}:{resource}/{resourceName}` */
type Arn = (service: string, resource: string, resourceName: string) => string;

type Statements = PolicyStatementProps[];

/** With a colon before the name. */
const colon = (arn: string): string => arn.replace(/\/([^/]*)$/, ':$1');

/** Stacks of the stage, made by CloudFormation as CDK's bootstrapped execution role. */
export const deployStatements = ({ stage, region, account }: Target, arn: Arn): Statements => [
  {
    actions: [
      'cloudformation:ContinueUpdateRollback',
      'cloudformation:CreateChangeSet',
      'cloudformation:DeleteChangeSet',
      'cloudformation:DeleteStack',
      'cloudformation:DescribeChangeSet',
      'cloudformation:DescribeEvents',
      'cloudformation:DescribeStackEvents',
      'cloudformation:DescribeStackResources',
      'cloudformation:DescribeStacks',
      'cloudformation:ExecuteChangeSet',
      'cloudformation:GetTemplate',
      'cloudformation:GetTemplateSummary',
      'cloudformation:ListStackResources',
      'cloudformation:RollbackStack',
      'cloudformation:UpdateTerminationProtection',
    ],
    resources: [arn('cloudformation', 'stack', `${stage}-*`)],
  },
  {
    actions: ['iam:PassRole'],
    resources: [`arn:aws:iam::${account}:role/cdk-hnb659fds-cfn-exec-role-${account}-${region}`],
    conditions: { StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } },
  },
  {
    actions: ['sts:AssumeRole'],
    resources: ['file-publishing', 'lookup'].map(
      (role) => `arn:aws:iam::${account}:role/cdk-hnb659fds-${role}-role-${account}-${region}`,
    ),
  },
  { actions: ['ssm:GetParameter'], resources: [arn('ssm', 'parameter', 'cdk-bootstrap/hnb659fds/version')] },
];

/** What `headroom migrate`, `load`, `gate` and `evidence` ask of the stage. */
export function toolStatements({ stage, base, region }: Target, arn: Arn): Statements {
  const ofAnySystem = systemNames(base, '*');
  const via = (service: string, alias: string) => ({
    'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias },
    StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` },
  });
  const keys = [arn('kms', 'key', '*')];
  return [
    {
      actions: ['ssm:GetParametersByPath'],
      resources: [
        arn('ssm', 'parameter', `headroom/${stage}`),
        arn('ssm', 'parameter', `headroom/${stage}/*`),
      ],
    },
    {
      actions: ['ssm:GetParameter', 'ssm:PutParameter'],
      resources: [arn('ssm', 'parameter', `headroom-evidence/${stage}`)],
    },
    {
      actions: ['execute-api:Invoke'],
      // Of any API that serves a stage of this name.
      resources: [arn('execute-api', '*', `${stage}/GET/*`)],
    },
    { actions: ['sns:Publish'], resources: [arn('sns', '', `${stage}-*`).replace('/', '')] },
    {
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: keys,
      conditions: via('sns', keyAliases(base).topics),
    },
    { actions: ['sqs:GetQueueAttributes'], resources: [arn('sqs', '', `${stage}-*`).replace('/', '')] },
    {
      actions: ['redshift-data:ExecuteStatement', 'redshift-data:BatchExecuteStatement'],
      resources: [colon(arn('redshift', 'cluster', ofAnySystem.cluster))],
    },
    {
      actions: [
        'redshift-data:CancelStatement',
        'redshift-data:DescribeStatement',
        'redshift-data:GetStatementResult',
      ],
      resources: ['*'],
      conditions: { StringEquals: { 'redshift-data:statement-owner-iam-userid': '${aws:userid}' } },
    },
    {
      actions: ['secretsmanager:GetSecretValue'],
      // The systems' own, and the administrators' that Redshift manages.
      resources: [`${base}-*`, `redshift!${base}-*`].map((name) =>
        colon(arn('secretsmanager', 'secret', name)),
      ),
    },
    { actions: ['kms:Decrypt'], resources: keys, conditions: via('secretsmanager', keyAliases(base).data) },
    {
      actions: [
        'cloudwatch:DescribeAlarmHistory',
        'cloudwatch:DescribeAlarms',
        'cloudwatch:GetMetricData',
        'cloudwatch:ListMetrics',
      ],
      // None of them can name what it reads.
      resources: ['*'],
    },
  ];
}

/** What a drill breaks and gives back, and the schedule that gives it back when the drill cannot. */
export const drillStatements = ({ stage, account }: Target, arn: Arn): Statements => [
  { actions: ['ec2:DescribeSecurityGroupRules', 'ec2:DescribeSecurityGroups'], resources: ['*'] },
  {
    actions: ['ec2:AuthorizeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress'],
    resources: [arn('ec2', 'security-group', '*')],
    conditions: { StringLike: { [`aws:ResourceTag/${stageTag}`]: stage } },
  },
  {
    actions: ['sqs:DeleteMessage', 'sqs:ReceiveMessage'],
    resources: [arn('sqs', '', `${stage}-*`).replace('/', '')],
  },
  {
    actions: ['scheduler:CreateSchedule', 'scheduler:DeleteSchedule', 'scheduler:GetSchedule'],
    resources: [arn('scheduler', 'schedule', `default/${stage}-*`)],
  },
  {
    actions: ['iam:PassRole'],
    resources: [`arn:aws:iam::${account}:role/${systemNames(stage, '*').restoreRole}`],
    conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
  },
];

/** `headroom pause` and `resume`. */
export const pauseStatements = ({ stage }: Target, arn: Arn): Statements => [
  {
    actions: ['redshift:DescribeClusters', 'redshift:PauseCluster', 'redshift:ResumeCluster'],
    resources: [colon(arn('redshift', 'cluster', systemNames(stage, '*').cluster))],
  },
];

/** Tag of what a drill may change, with the stage as its value. */
export const stageTag = 'headroom:stage';
