import { provenPeakPath } from '../../monitoring/provenPeak.ts';
import type { DatabaseEngine } from '../../fleet/adoption/database.ts';
import { engineOf, type PublishedDocument } from '../../fleet/systemDocument.ts';
import { fleetNames, keyAliases, systemNames } from '../../fleet/names.ts';
import type { ServiceDefinition } from '../../fleet/service.ts';
import type { Proving } from '../../fleet/provingStage.ts';
import { deploymentEvidenceParameter } from '../../records/deploymentEvidence.ts';
import type { Statement } from './acknowledge.ts';
import { stageTag } from './securityGroups.ts';

export interface GithubTarget {
  /** What the stage's systems run. */
  service: ServiceDefinition;
  /** The stage, or `{stage}-*` for those of runs. */
  stage: string;
  /** The stage whose databases and keys it uses: itself, mostly. */
  base: string;
  partition: string;
  region: string;
  account: string;
}

const ofTheStage = 'Names of the stage begin with its own; its systems are added without this role.';
const conditioned = 'Its name does not tell the stage; the condition does.';
const unnamed = 'What it reads cannot be named.';

const arnIn =
  ({ partition, region, account }: GithubTarget) =>
  (service: string, rest: string): string =>
    `arn:${partition}:${service}:${region}:${account}:${rest}`;

const roleArn = ({ partition, account }: GithubTarget, name: string): string =>
  `arn:${partition}:iam::${account}:role/${name}`;

/** The methods that loads and smoke call. */
const methodsOf = ({ routes }: ServiceDefinition): string[] => [
  ...new Set(routes.map(({ method }) => method)),
];

/** Stacks of the stage, made by CloudFormation as CDK's bootstrapped execution role. */
export function deployStatements(target: GithubTarget): Statement[] {
  const arn = arnIn(target);
  const cdkRole = (role: string): string =>
    roleArn(target, `cdk-hnb659fds-${role}-role-${target.account}-${target.region}`);
  return [
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
      resources: [arn('cloudformation', `stack/${target.stage}-*`)],
      patternReason: ofTheStage,
    },
    {
      actions: ['iam:PassRole'],
      resources: [cdkRole('cfn-exec')],
      conditions: { StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } },
    },
    // Not CDK's lookup role: it may read whatever the account has. `cdk` goes on as this role here, too.
    { actions: ['sts:AssumeRole'], resources: [cdkRole('file-publishing')] },
    {
      // `cdk` asks for the one; CloudFormation, in this role's name, for the other: each template has the version as
      // a parameter.
      actions: ['ssm:GetParameter', 'ssm:GetParameters'],
      resources: [arn('ssm', 'parameter/cdk-bootstrap/hnb659fds/version')],
    },
    {
      // CloudFormation reads the template in the name of whoever makes the change set; code it reads as its own role.
      actions: ['s3:GetObject'],
      resources: [
        `arn:${target.partition}:s3:::cdk-hnb659fds-assets-${target.account}-${target.region}/*.json`,
      ],
      patternReason: "Templates bear their contents' hash.",
    },
  ];
}

/** What `headroom migrate`, `load`, `gate` and `evidence` ask of the stage. */
export function toolStatements(target: GithubTarget): Statement[] {
  const { service, stage, base, region } = target;
  const arn = arnIn(target);
  const keyOf = (alias: string, via: string) => ({
    resources: [arn('kms', 'key/*')],
    patternReason: conditioned,
    conditions: {
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias },
      StringEquals: { 'kms:ViaService': `${via}.${region}.amazonaws.com` },
    },
  });
  return [
    {
      actions: ['ssm:GetParametersByPath'],
      resources: [arn('ssm', `parameter/headroom/${stage}`), arn('ssm', `parameter/headroom/${stage}/*`)],
      patternReason: ofTheStage,
    },
    {
      actions: ['ssm:GetParameter', 'ssm:PutParameter'],
      resources: [arn('ssm', `parameter${deploymentEvidenceParameter(stage)}`)],
      patternReason: ofTheStage,
    },
    // The peak that a passed gate has proven, which the alarms of whoever it proves read.
    {
      actions: ['ssm:PutParameter'],
      resources: [arn('ssm', `parameter${provenPeakPath(stage)}*`)],
      patternReason: ofTheStage,
    },
    {
      actions: ['execute-api:Invoke'],
      resources: methodsOf(service).map((method) => arn('execute-api', `*/${stage}/${method}/*`)),
      patternReason: 'APIs are known by ids; the stage of the API bears the name of this one.',
    },
    {
      actions: ['sns:Publish'],
      // Not on-call's topic: to that one alarms alone publish.
      resources: [arn('sns', systemNames(service, stage, '*').topic)],
      patternReason: ofTheStage,
    },
    { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], ...keyOf(keyAliases(base).topics, 'sns') },
    {
      actions: ['sqs:GetQueueAttributes'],
      resources: [arn('sqs', `${stage}-*`)],
      patternReason: ofTheStage,
    },
    {
      actions: ['redshift-data:ExecuteStatement', 'redshift-data:BatchExecuteStatement'],
      resources: [arn('redshift', `cluster:${systemNames(service, base, '*').cluster}`)],
      patternReason: ofTheStage,
    },
    {
      actions: [
        'redshift-data:CancelStatement',
        'redshift-data:DescribeStatement',
        'redshift-data:GetStatementResult',
      ],
      resources: ['*'],
      patternReason: 'Statements have no names; the condition keeps it to its own.',
      conditions: { StringEquals: { 'redshift-data:statement-owner-iam-userid': '${aws:userid}' } },
    },
    {
      actions: ['secretsmanager:GetSecretValue'],
      // The database users', the administrators' that Redshift manages, and the keys of the stage's own APIs.
      resources: [...new Set([`${base}-*`, `redshift!${base}-*`, `${stage}-*`])].map((name) =>
        arn('secretsmanager', `secret:${name}`),
      ),
      patternReason: ofTheStage,
    },
    { actions: ['kms:Decrypt'], ...keyOf(keyAliases(base).data, 'secretsmanager') },
    {
      actions: [
        'cloudwatch:DescribeAlarmHistory',
        'cloudwatch:DescribeAlarms',
        'cloudwatch:GetMetricData',
        'cloudwatch:ListMetrics',
      ],
      resources: ['*'],
      patternReason: unnamed,
    },
    // What functions and probe logged, beside a verdict that is no pass.
    {
      actions: ['logs:StartQuery'],
      resources: [arn('logs', `log-group:/aws/lambda/${stage}-*`)],
      patternReason: ofTheStage,
    },
    {
      actions: ['logs:GetQueryResults'],
      resources: ['*'],
      patternReason: unnamed,
    },
  ];
}

/**
 * Reading of what proves a stage, where another one does: in the stage's own account, or as the role of the account
 * that keeps it.
 */
export function provingStatements(target: GithubTarget, { stage, account }: Proving): Statement[] {
  if (stage === target.stage) return [];
  if (account === undefined) {
    const parameter = `parameter${deploymentEvidenceParameter(stage)}`;
    return [{ actions: ['ssm:GetParameter'], resources: [arnIn(target)('ssm', parameter)] }];
  }
  const readerArn = roleArn({ ...target, account }, fleetNames(stage).evidenceReaderRole);
  return [{ actions: ['sts:AssumeRole'], resources: [readerArn] }];
}

/** `headroom doctor`, beside what the other tools may do; it changes nothing. */
export function doctorStatements(target: GithubTarget): Statement[] {
  const { stage, base } = target;
  const arn = arnIn(target);
  return [
    {
      actions: ['sns:ListSubscriptionsByTopic'],
      resources: [arn('sns', fleetNames(stage).onCallTopic)],
    },
    {
      actions: ['secretsmanager:DescribeSecret'],
      resources: [`${base}-*`, `redshift!${base}-*`].map((name) => arn('secretsmanager', `secret:${name}`)),
      patternReason: ofTheStage,
    },
    { actions: ['ec2:DescribeSecurityGroupRules'], resources: ['*'], patternReason: unnamed },
    // What the account's APIs may answer together.
    {
      actions: ['apigateway:GET'],
      resources: [`arn:${target.partition}:apigateway:${target.region}::/account`],
    },
  ];
}

/**
 * What a drill breaks and gives back, and the schedule that gives it back when the drill cannot.
 * @param adopted systems of the stage that were made by whatever else: their databases follow no name of the stage's
 */
export function drillStatements(
  target: GithubTarget,
  adopted: readonly PublishedDocument[] = [],
): Statement[] {
  const { service, stage } = target;
  const arn = arnIn(target);
  return [
    {
      actions: ['ec2:DescribeSecurityGroupRules', 'ec2:DescribeSecurityGroups'],
      resources: ['*'],
      patternReason: unnamed,
    },
    {
      actions: ['ec2:AuthorizeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress'],
      resources: [arn('ec2', 'security-group/*')],
      patternReason: conditioned,
      conditions: { StringEquals: { [`aws:ResourceTag/${stageTag}`]: stage } },
    },
    {
      actions: ['sqs:ChangeMessageVisibility', 'sqs:ReceiveMessage'],
      resources: [arn('sqs', `${stage}-*`)],
      patternReason: ofTheStage,
    },
    // The throttle of one method. A path of API Gateway names neither account nor settings.
    {
      actions: ['apigateway:GET', 'apigateway:PATCH'],
      resources: [`arn:${target.partition}:apigateway:${target.region}::/restapis/*/stages/${stage}`],
      patternReason: 'APIs are known by ids; the stage of the API bears the name of this one.',
    },
    // Of this stage's own clusters alone: one that runs on another stage's has none.
    {
      actions: ['redshift:RebootCluster'],
      resources: [arn('redshift', `cluster:${systemNames(service, stage, '*').cluster}`)],
      patternReason: ofTheStage,
    },
    { actions: ['redshift:DescribeClusters'], resources: ['*'], patternReason: unnamed },
    ...restartsOfAdopted(target, adopted),
    // A drill's own dead letters; it leaves everybody else's.
    {
      actions: ['sqs:DeleteMessage'],
      resources: [arn('sqs', systemNames(service, stage, '*').deadLetterQueue)],
      patternReason: ofTheStage,
    },
    // Reading from an encrypted queue.
    {
      actions: ['kms:Decrypt'],
      resources: [arn('kms', 'key/*')],
      patternReason: conditioned,
      conditions: {
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': keyAliases(stage).queues },
        StringEquals: { 'kms:ViaService': `sqs.${target.region}.amazonaws.com` },
      },
    },
    {
      actions: ['scheduler:CreateSchedule', 'scheduler:DeleteSchedule', 'scheduler:GetSchedule'],
      resources: [arn('scheduler', `schedule/default/${stage}-*`)],
      patternReason: ofTheStage,
    },
    {
      actions: ['iam:PassRole'],
      resources: [roleArn(target, systemNames(service, stage, '*').restoreRole)],
      patternReason: ofTheStage,
      conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
    },
  ];
}

/** Their databases that are not this stage's own; of Aurora the instances that the configuration names. */
function restartsOfAdopted(target: GithubTarget, adopted: readonly PublishedDocument[]): Statement[] {
  const named = (engine: DatabaseEngine): string[] =>
    adopted.flatMap(({ cluster }) =>
      cluster && engineOf({ cluster }) === engine ? [cluster.identifier] : [],
    );
  const clusters = named('redshift');
  const instances = [
    ...named('rds-postgresql'),
    ...new Set(adopted.flatMap(({ cluster }) => cluster?.instances ?? [])),
  ];
  const arn = arnIn(target);
  return [
    ...(clusters.length > 0
      ? [
          {
            actions: ['redshift:RebootCluster'],
            resources: clusters.map((name) => arn('redshift', `cluster:${name}`)),
          },
        ]
      : []),
    ...(instances.length > 0
      ? [{ actions: ['rds:RebootDBInstance'], resources: instances.map((name) => arn('rds', `db:${name}`)) }]
      : []),
    ...(instances.length + named('aurora-postgresql').length > 0
      ? [
          {
            actions: ['rds:DescribeDBClusters', 'rds:DescribeDBInstances'],
            resources: ['*'],
            patternReason: unnamed,
          },
        ]
      : []),
  ];
}

/** `headroom pause` and `resume`. */
export const pauseStatements = (target: GithubTarget): Statement[] => [
  {
    actions: ['redshift:PauseCluster', 'redshift:ResumeCluster'],
    resources: [
      arnIn(target)('redshift', `cluster:${systemNames(target.service, target.stage, '*').cluster}`),
    ],
    patternReason: ofTheStage,
  },
  { actions: ['redshift:DescribeClusters'], resources: ['*'], patternReason: unnamed },
  {
    actions: ['cloudwatch:DisableAlarmActions', 'cloudwatch:EnableAlarmActions'],
    resources: [arnIn(target)('cloudwatch', `alarm:${target.stage}-*`)],
    patternReason: ofTheStage,
  },
];

/** `headroom sweep`: what failed removals left of these stages' runs. CloudFormation removes as the role that made it. */
export const sweepStatements = (target: GithubTarget, stages: readonly string[]): Statement[] => [
  {
    actions: ['cloudformation:DeleteStack', 'cloudformation:DescribeStacks'],
    resources: stages.map((stage) => arnIn(target)('cloudformation', `stack/${stage}-*`)),
    patternReason: "Runs' stages have names that begin with the configured one's.",
  },
  { actions: ['cloudformation:ListStacks'], resources: ['*'], patternReason: unnamed },
];
