import { serverErrorsOnly } from './adoption/errorSource.ts';
import { given } from './given.ts';
import type { MonitoredSystem, SystemCapacity, WholeSystem } from './monitoredSystem.ts';
import { systemDimension, wholeFleet } from './systemDimension.ts';
import { engineOf, isProbed, type DocumentWith, type PublishedDocument } from './systemDocument.ts';
import type { ServiceDefinition } from './serviceSchema.ts';

/**
 * Every name of the fleet: `{stage}-{system}-{kind}`. The shortest AWS limit a name meets here is 63
 * characters (Redshift cluster identifiers); stage (16) + system (24) + kind (21) + 2 hyphens stay within.
 */
export const stagePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
export const stageMaxLength = 16;
export const systemPattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
export const systemMaxLength = 24;

export interface SystemNames {
  cluster: string;
  api: string;
  apiFunction: string;
  subscriberFunction: string;
  topic: string;
  queue: string;
  deadLetterQueue: string;
  undeliveredQueue: string;
  apiSecret: string;
  subscriberSecret: string;
  probeSecret: string;
  apiKeySecret: string;
  dbIngressGroup: string;
  dbServersGroup: string;
  latamChallengeGroup: string;
  restoreRole: string;
}

const name = (stage: string, system: string, kind: string): string => `${stage}-${system}-${kind}`;

/** What of a service stands in names. */
type NamedService = Pick<ServiceDefinition, 'names'>;

/** Names of one system's resources. */
export const systemNames = (
  { names: { cluster, messages } }: NamedService,
  stage: string,
  system: string,
): SystemNames => ({
  cluster: name(stage, system, cluster),
  api: name(stage, system, 'api'),
  apiFunction: name(stage, system, 'api'),
  subscriberFunction: name(stage, system, 'subscriber'),
  topic: name(stage, system, `${messages}-topic`),
  queue: name(stage, system, messages),
  deadLetterQueue: name(stage, system, `${messages}-dead`),
  undeliveredQueue: name(stage, system, `${messages}-unsent`),
  apiSecret: name(stage, system, 'db-api'),
  subscriberSecret: name(stage, system, 'db-subscriber'),
  probeSecret: name(stage, system, 'db-probe'),
  apiKeySecret: name(stage, system, 'api-key'),
  dbIngressGroup: name(stage, system, 'db-ingress'),
  dbServersGroup: name(stage, system, 'db-servers'),
  latamChallengeGroup: name(stage, system, 'latam-challenge'),
  restoreRole: name(stage, system, 'restore'),
});

/**
 * Database users by the role that logs in with them. They carry the system's name because on the stage
 * of this machine all systems' databases share one server, and users belong to the server.
 */
export const databaseUsers = (system: string) => {
  const prefix = system.replaceAll('-', '_');
  return { api: `${prefix}_api`, subscriber: `${prefix}_subscriber`, probe: `${prefix}_probe` };
};

/** The users that a system's functions log in with: those that its document names. */
export const usersIn = ({
  system,
  cluster,
}: Pick<DocumentWith<'cluster'>, 'system' | 'cluster'>): { api: string; subscriber: string } =>
  cluster.users ?? databaseUsers(system);

/** The database in a system's cluster. */
export const databaseName = (system: string): string => system.replaceAll('-', '_');

/** The schema of a stage that is made for one run, in another stage's databases. */
export const runSchema = (stage: string): string => stage.replaceAll('-', '_');

/** What CloudFormation tells of the stack of a run's stage; with the name it tells it from anybody else's. */
export const runStackDescription = (stage: string, system: string): string =>
  `Headroom ${stage}: ${system}, for one run`;

/**
 * The run's stage that a stack belongs to; undefined for any other stack.
 * @param stages those that are made anew for each run
 */
export function runOfStack(
  stages: readonly string[],
  stackName: string,
  description: string,
): string | undefined {
  const [, stage = '', system = ''] = /^Headroom (\S+): (\S+), for one run$/.exec(description) ?? [];
  return stackNames(stage).system(system) === stackName && stages.some((one) => isRunOf(one, stage))
    ? stage
    : undefined;
}

/** The same of a schema, by its name alone. */
export const runOfSchema = (stages: readonly string[], schema: string): string | undefined =>
  stages
    .filter((stage) => schema.startsWith(`${runSchema(stage)}_`))
    .map((stage) => `${stage}-${schema.slice(stage.length + 1)}`)
    .find((run) => stages.some((stage) => isRunOf(stage, run)));

const isRunOf = (stage: string, run: string): boolean =>
  run.startsWith(`${stage}-`) && /^[a-z0-9]+$/.test(run.slice(stage.length + 1));

/** Names of what a stage has once. */
export const fleetNames = (stage: string) => ({
  probeFunction: name(stage, 'fleet', 'probe'),
  canaryFunction: name(stage, 'fleet', 'canary'),
  comparisonFunction: name(stage, 'fleet', 'comparison'),
  onCallTopic: name(stage, 'fleet', 'on-call'),
  overviewDashboard: name(stage, 'fleet', 'overview'),
  applicationDashboard: name(stage, 'fleet', 'application'),
  databaseDashboard: name(stage, 'fleet', 'database'),
  webAcl: name(stage, 'fleet', 'web'),
  /** Role that reads what the stage proves, from the accounts of the stages that it proves. */
  evidenceReaderRole: name(stage, 'fleet', 'evidence-reader'),
});

/** The dashboards that descriptions of alarms name. */
export const dashboardNamesOf = (stage: string) => {
  const names = fleetNames(stage);
  return {
    overview: names.overviewDashboard,
    application: names.applicationDashboard,
    database: names.databaseDashboard,
  };
};

/** Names of what a stage's systems share. */
export const networkNames = ({ names }: NamedService, stage: string) => ({
  vpc: name(stage, 'network', 'vpc'),
  clusterParameters: name(stage, 'network', names.cluster),
});

/** KMS aliases: databases and their secrets, topics, their queues, the on-call topic. */
export const keyAliases = (stage: string) => ({
  data: `alias/${name(stage, 'network', 'data')}`,
  topics: `alias/${name(stage, 'network', 'topics')}`,
  queues: `alias/${name(stage, 'network', 'queues')}`,
  onCall: `alias/${name(stage, 'fleet', 'on-call')}`,
});

/** The part of AWS that a region is in, as ARNs name it. */
export const partitionOf = (region: string): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';

/** Role that GitHub's workflows assume for a stage. */
export const githubRoleName = (stage: string): string => `headroom-${stage}-github`;

/** What a stage exports from its network for the stages of runs on it, by kind. */
export const networkExports = (stage: string) => ({
  vpc: name(stage, 'network', 'vpc'),
  /** One a zone, in the order of the zones. */
  appSubnets: ['a', 'b', 'c'].map((zone) => name(stage, 'network', `app-subnet-${zone}`)),
  dataKey: name(stage, 'network', 'data-key'),
  topicsKey: name(stage, 'network', 'topics-key'),
  queuesKey: name(stage, 'network', 'queues-key'),
});

/** The same of its fleet. */
export const fleetExports = (stage: string) => ({ webAcl: name(stage, 'fleet', 'web-acl') });

/** The same of one system. */
export const systemExports = (stage: string, system: string) => ({
  host: name(stage, system, 'db-host'),
  port: name(stage, system, 'db-port'),
  adminSecret: name(stage, system, 'db-admin-secret'),
  apiSecret: name(stage, system, 'db-api-secret'),
  subscriberSecret: name(stage, system, 'db-subscriber-secret'),
  probeSecret: name(stage, system, 'db-probe-secret'),
  dbIngress: name(stage, system, 'db-ingress'),
  dbServers: name(stage, system, 'db-servers'),
  latamChallenge: name(stage, system, 'latam-challenge'),
});

/** The APIs' own name. */
export const customDomainName = ({ host, zone }: { host: string; zone: string }): string => `${host}.${zone}`;

/** Log groups that Redshift itself writes to, by kind of log. */
export const auditLogGroupName = (cluster: string, log: 'connectionlog' | 'userlog'): string =>
  `/aws/redshift/cluster/${cluster}/${log}`;

/** Log group of an API's requests. */
export const accessLogGroupName = (api: string): string => `/aws/apigateway/${api}/access`;

/** Log group of what a stage's network refused. */
export const flowLogGroupName = (stage: string): string => `/aws/vpc/${name(stage, 'network', 'refused')}`;

/** Log group of a function. */
export const logGroupName = (functionName: string): string => `/aws/lambda/${functionName}`;

/** An alarm's name carries the signal it watches. */
export const alarmName = (stage: string, system: string, signalId: string): string =>
  name(stage, system, signalId);

/** The same for what is watched once a stage. */
export const fleetAlarmName = (stage: string, id: string): string => name(stage, wholeFleet, id);

/** The alarm at a watch's second, worse threshold. @param warning name of the alarm at the first one. */
export const criticalAlarmName = (warning: string): string => `${warning}-critical`;

/** CloudFormation stack names. */
export const stackNames = (stage: string) => ({
  network: `${stage}-network`,
  fleet: `${stage}-fleet`,
  /** Where a fleet is so large that its dashboards need it: one for each page after the first. */
  furtherDashboards: (page: number): string => `${stage}-fleet-dashboards${page === 2 ? '' : `-${page}`}`,
  system: (system: string): string => `${stage}-${system}`,
});

/** What an account has once, whatever its stages. */
export const accountStackName = 'headroom-account';

/** For whoever asks which alarms there are: it does not depend on how much of anything there is. */
export const ofAnySize: Omit<SystemCapacity, 'connectionLimit'> = {
  apiReservedConcurrency: 1,
  subscriberMaximumConcurrency: 1,
};

/**
 * What monitoring needs to know of a system as its own document has it, whatever would follow from stage and system.
 * What it lacks is nowhere to be asked of.
 * @param configured for documents from before they said how many functions run at once
 */
export function publishedSystem(
  document: PublishedDocument,
  configured: Omit<SystemCapacity, 'connectionLimit'>,
): MonitoredSystem {
  const { stage, system, adopted, api, functions, cluster, queues, concurrency } = document;
  const engine = engineOf(document);
  return given({
    system,
    systemDimension: systemDimension(stage, system),
    engine,
    errors: document.errors ?? serverErrorsOnly,
    publishesOwnMetrics: !adopted,
    hasHealthcheck: !adopted || document.healthcheckUrl !== undefined,
    isCalledByTopic: isCalledByTopic(document),
    isProbed: isProbed(document),
    apiName: api.name,
    apiFunctionName: functions.api,
    subscriberFunctionName: functions.subscriber,
    clusterIdentifier: cluster?.identifier,
    connectionLimit: cluster?.connectionLimit,
    databaseMemoryMiB: engine === 'redshift' ? undefined : cluster?.memoryMiB,
    databaseStorageGiB: cluster?.storageGiB,
    queueName: queues?.subscriber?.name,
    deadLetterQueueName: queues?.deadLetter?.name,
    undeliveredQueueName: queues?.undelivered?.name,
    apiReservedConcurrency:
      concurrency?.apiReserved ?? (adopted ? undefined : configured.apiReservedConcurrency),
    subscriberMaximumConcurrency:
      concurrency?.subscriberMaximum ?? (adopted ? undefined : configured.subscriberMaximumConcurrency),
  });
}

const isCalledByTopic = ({ functions, queues }: PublishedDocument): boolean =>
  functions.subscriber !== undefined && queues?.subscriber === undefined;

/** What monitoring needs to know of a system of ours, derived, not looked up. */
export function monitoredSystem(
  service: NamedService,
  stage: string,
  system: string,
  capacity: SystemCapacity,
): WholeSystem {
  const names = systemNames(service, stage, system);
  return {
    system,
    systemDimension: systemDimension(stage, system),
    engine: 'redshift',
    errors: serverErrorsOnly,
    publishesOwnMetrics: true,
    hasHealthcheck: true,
    isCalledByTopic: false,
    isProbed: true,
    apiName: names.api,
    apiFunctionName: names.apiFunction,
    subscriberFunctionName: names.subscriberFunction,
    clusterIdentifier: names.cluster,
    queueName: names.queue,
    deadLetterQueueName: names.deadLetterQueue,
    undeliveredQueueName: names.undeliveredQueue,
    ...capacity,
  };
}

/** One of ours, whichever: for whoever asks what they all have. */
export const anyOwnSystem: WholeSystem = monitoredSystem({ names: { cluster: '', messages: '' } }, '', '', {
  connectionLimit: 1,
  ...ofAnySize,
});
