import { DescribeSecretCommand, ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import { NotFoundException, paginateListSubscriptionsByTopic, type Subscription } from '@aws-sdk/client-sns';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { isPresent } from '../../chaos/ingressRule.ts';
import { systemsOf, type Fleet } from '../../fleet/fleet.ts';
import { describeAlarms } from '../../monitoring/namedAlarms.ts';
import { fleetAlarmName, fleetNames, ofAnySize, publishedSystem } from '../../fleet/names.ts';
import { fleetCompositesOf } from '../../monitoring/alarms/fleetAlarms.ts';
import { tellingAlarmsOf } from '../../monitoring/alarms/telling.ts';
import { wholeDocument, type Discovery } from '../../fleet/discovery.ts';
import { schemaOf } from '../../fleet/service.ts';
import { lookedAtOf } from '../../monitoring/watches.ts';
import { isUseless } from '../../fleet/adoption/database.ts';
import {
  canHave,
  documentParts,
  engineOf,
  fieldsMissing,
  type DocumentPart,
  type PublishedDocument,
} from '../../fleet/systemDocument.ts';
import type { Clock } from '../../core/clock.ts';
import { StatementError } from '../../service/errors.ts';
import { pendingMigrations } from '../../service/redshift/migrate.ts';
import type { Connection } from '../connection.ts';
import type { Advised } from './advised.ts';
import { later, missing, ok, type Finding } from './check.ts';

type Clients = Connection['clients'];

/** Whether what is configured is deployed, and nothing else. */
export function checkSystems(
  fleet: Fleet,
  stage: string,
  { systems, unreadable }: Discovery,
  advised: Advised,
): Finding[] {
  const configured = new Set(systemsOf(fleet, stage).map(({ name }) => name));
  const published = new Set([...systems, ...unreadable].map(({ system }) => system));
  const findings = [
    ...[...configured]
      .filter((system) => !published.has(system))
      .map((system) =>
        later('systems', `${system} is configured but not deployed: ${advised.deploy(stage, system)}`),
      ),
    ...[...published]
      .filter((system) => !configured.has(system))
      .map((system) =>
        missing('systems', `${system} is deployed but not configured: add it, or remove its stack`),
      ),
    ...unreadable.map(({ message }) => missing('systems', message)),
  ];
  return findings.length > 0 ? findings : [ok('systems', `${systems.length}, as configured`)];
}

/** The functions' own passwords are nobody's to ask for; of a database that nobody named there is no more to say. */
const askedOf = (document: PublishedDocument): DocumentPart[] =>
  documentParts.filter(
    (part) =>
      part !== 'cluster.apiSecretArn' &&
      part !== 'cluster.subscriberSecretArn' &&
      (document.cluster !== undefined || !part.startsWith('cluster.')) &&
      canHave(document, part),
  );

/** What no system of ours has, or has in other ways, by the field of its adoption. */
const besideParts: readonly (readonly [field: string, isThere: (document: PublishedDocument) => boolean])[] =
  [
    ['adopt.database.instances', ({ cluster }) => isKnown(cluster, 'instances')],
    ['adopt.database.storageGiB', ({ cluster }) => isKnown(cluster, 'storageGiB')],
    ['adopt.healthcheckUrl', ({ healthcheckUrl }) => healthcheckUrl !== undefined],
    ['adopt.reservedConcurrency', ({ concurrency }) => concurrency?.apiReserved !== undefined],
    ['adopt.subscriberMaximumConcurrency', ({ concurrency }) => concurrency?.subscriberMaximum !== undefined],
    ['adopt.restoreRoleArn', ({ restoreRoleArn }) => restoreRoleArn !== undefined],
  ];

/** Also where nobody need know it: Redshift says itself how full its disks are. */
const isKnown = (cluster: PublishedDocument['cluster'], field: 'instances' | 'storageGiB'): boolean =>
  cluster === undefined || isUseless(engineOf({ cluster }), field) || cluster[field] !== undefined;

/** What is not watched of adopted systems, as their configuration has it: no finding against the stage. */
export const checkAdopted = ({ systems }: Discovery): Finding[] =>
  systems
    .filter(({ adopted }) => adopted)
    .map((document) => {
      const lacks = [
        fieldsMissing(document, askedOf(document)),
        ...besideParts.flatMap(([field, isThere]) => (isThere(document) ? [] : [field])),
      ]
        .filter((field) => field !== '')
        .join(', ');
      return ok(
        'adopted',
        lacks === ''
          ? `${document.system}: nothing is missing`
          : `${document.system} lacks ${lacks}: what needs them is left out (docs/adopt.md)`,
      );
    });

/** An address that has not confirmed reaches nobody. */
export async function checkOnCall(
  { sns, sts }: Pick<Clients, 'sns' | 'sts'>,
  { stage, region, nobody }: { stage: string; region: string; nobody: string | undefined },
): Promise<Finding[]> {
  // Of its systems none may say which account it is in.
  const { Account: account, Arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
  const [, partition] = Arn.split(':');
  const TopicArn = `arn:${partition}:sns:${region}:${account}:${fleetNames(stage).onCallTopic}`;
  const subscriptions: Subscription[] = [];
  try {
    for await (const page of paginateListSubscriptionsByTopic({ client: sns }, { TopicArn })) {
      subscriptions.push(...(page.Subscriptions ?? []));
    }
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw error;
    return [later('on-call', `nobody is notified: ${TopicArn} is not there; deploy the fleet`)];
  }
  const pending = subscriptions.filter(({ SubscriptionArn = '' }) => !SubscriptionArn.startsWith('arn:'));
  const confirmed = subscriptions.length - pending.length;
  return [
    confirmed > 0
      ? ok('on-call', `${confirmed} confirmed`)
      : nobody !== undefined
        ? later('on-call', `nobody is notified, as configured: ${nobody}`)
        : missing(
            'on-call',
            'nobody is notified: set onCall in the configuration, deploy the fleet, confirm the e-mails',
          ),
    ...pending.map(({ Endpoint }) => missing('on-call', `${Endpoint} has not confirmed its subscription`)),
  ];
}

/** The alarms that tell somebody are there, and may speak. */
export async function checkAlarms(
  { cloudWatch }: Clients,
  stage: string,
  systems: readonly PublishedDocument[],
  signal: AbortSignal,
  advised: Advised,
): Promise<Finding[]> {
  const monitored = systems.map((document) => publishedSystem(document, ofAnySize));
  const names = [
    ...monitored.flatMap((system) => tellingAlarmsOf(stage, system.system, system)),
    ...fleetCompositesOf(lookedAtOf(monitored)).map((id) => fleetAlarmName(stage, id)),
  ];
  const alarms = await describeAlarms(cloudWatch, names, () => signal);
  const there = new Set(alarms.map(({ AlarmName }) => AlarmName));
  const silent = alarms.filter(({ ActionsEnabled }) => ActionsEnabled === false);
  const firing = alarms.filter(({ StateValue }) => StateValue === 'ALARM');
  const findings = [
    ...names.filter((name) => !there.has(name)).map((name) => later('alarms', `${name} is not there`)),
    ...silent.map(({ AlarmName }) =>
      missing(
        'alarms',
        `${AlarmName} notifies nobody: ${advised.headroom(`resume --stage ${stage}`)}, or enable its actions`,
      ),
    ),
    // A deployment may be what cures it, and leaves out whom it could not watch.
    ...firing.map(({ AlarmName }) => later('alarms', `${AlarmName} is in ALARM`)),
  ];
  return findings.length > 0
    ? findings
    : [ok('alarms', `${names.length} that notify somebody, none in ALARM`)];
}

/** Every secret is there and not about to be deleted; none is read. */
export async function checkSecrets(
  { secrets }: Pick<Clients, 'secrets'>,
  { system, adopted, cluster, api, auth }: PublishedDocument,
): Promise<Finding[]> {
  const arns = {
    'the admin user': cluster?.adminSecretArn,
    'the API user': cluster?.apiSecretArn,
    'the subscriber user': cluster?.subscriberSecretArn,
    'the probe user': cluster?.probeSecretArn,
    'its API key': api.keySecretArn,
    'its callers': auth && 'secretArn' in auth ? auth.secretArn : undefined,
  };
  const todo = adopted ? 'correct its adopt' : 'deploy the system again';
  const findings = await Promise.all(
    Object.entries(arns).map(async ([whose, SecretId]) => {
      if (SecretId === undefined) return [];
      try {
        const { DeletedDate } = await secrets.send(new DescribeSecretCommand({ SecretId }));
        return DeletedDate
          ? [missing('secrets', `${system}: that of ${whose} is scheduled for deletion`)]
          : [];
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
        return [missing('secrets', `${system}: that of ${whose} is not there; ${todo}`)];
      }
    }),
  );
  return findings.flat();
}

/** The schema is the service's. */
export async function checkSchema(
  { dataApi }: Clients,
  { service }: Fleet,
  stage: string,
  document: PublishedDocument,
  clock: Clock,
  advised: Advised,
): Promise<Finding[]> {
  const { system } = document;
  // Its tables are not ours to change.
  if (document.adopted) return [];
  const { cluster } = wholeDocument(document);
  const advice = advised.headroom(`migrate --stage ${stage} --system ${system}`);
  try {
    const pending = await pendingMigrations({ ...schemaOf(service), dataApi, cluster, clock });
    return pending.length === 0 ? [] : [later('schema', `${system} lacks ${pending.join(', ')}: ${advice}`)];
  } catch (error) {
    if (!(error instanceof StatementError) || error.errorCode !== 'statementFailed') throw error;
    return [later('schema', `${system} was never migrated, or its database does not answer: ${advice}`)];
  }
}

/** The one rule that lets the functions reach the database: a drill may have left it revoked. */
export async function checkRule(
  { ec2 }: Clients,
  stage: string,
  { system, securityGroups }: PublishedDocument,
  advised: Advised,
): Promise<Finding[]> {
  if (!securityGroups) return [ok('network', `${system}: adopt.securityGroups is missing: not checked`)];
  const { dbServers, rule } = securityGroups;
  const there = await isPresent(ec2, { groupId: dbServers, ...rule });
  return there
    ? []
    : [
        missing(
          'network',
          `${system}: nothing reaches its database: ${advised.headroom(`chaos restore --stage ${stage} --from-document`)}`,
        ),
      ];
}
