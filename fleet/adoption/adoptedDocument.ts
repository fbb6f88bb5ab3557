import { given } from '../given.ts';
import type { PublishedDocument } from '../systemDocument.ts';
import type { Adoption } from './adoptionSchema.ts';
import { apiIdIn, apiStageIn } from './awsNames.ts';

export interface AdoptedDocumentProps {
  stage: string;
  system: string;
  region: string;
  adoption: Adoption;
  expectedPeak: PublishedDocument['expectedPeak'];
}

/** What an adopted system's configuration says of it, as every system publishes it. */
export function adoptedDocument({
  stage,
  system,
  region,
  adoption,
  expectedPeak,
}: AdoptedDocumentProps): PublishedDocument {
  const {
    apiUrl,
    apiName,
    apiId = apiIdIn(apiUrl),
    apiStage = apiStageIn(apiUrl),
    functions = {},
    queues,
    database,
    securityGroups,
  } = adoption;
  const { topicArn, restoreRoleArn, logGroups, healthcheckUrl, auth, errors } = adoption;
  const { reservedConcurrency, subscriberMaximumConcurrency } = adoption;
  return given({
    schemaVersion: 1 as const,
    stage,
    system,
    region,
    adopted: true as const,
    api: given({ id: apiId, stage: apiStage, url: apiUrl, name: apiName }),
    auth,
    healthcheckUrl,
    errors,
    functions: given(functions),
    concurrency:
      reservedConcurrency === undefined && subscriberMaximumConcurrency === undefined
        ? undefined
        : given({ apiReserved: reservedConcurrency, subscriberMaximum: subscriberMaximumConcurrency }),
    topicArn,
    queues:
      queues &&
      given({
        subscriber: queueOf(queues.subscriber),
        deadLetter: queueOf(queues.deadLetter),
        undelivered: queueOf(queues.undelivered),
      }),
    cluster: database && clusterOf(database),
    securityGroups: securityGroups && {
      dbIngress: securityGroups.dbIngress,
      dbServers: securityGroups.dbServers,
      rule: given({
        ipProtocol: 'tcp' as const,
        port: securityGroups.rule.port,
        sourceGroupId: securityGroups.dbIngress,
        description: securityGroups.rule.description,
      }),
    },
    restoreRoleArn,
    logGroups: logGroups && given(logGroups),
    expectedPeak,
  });
}

function clusterOf({
  engine,
  secrets,
  ...named
}: NonNullable<Adoption['database']>): NonNullable<PublishedDocument['cluster']> {
  return given({
    ...named,
    engine,
    adminSecretArn: secrets.admin,
    apiSecretArn: secrets.api,
    subscriberSecretArn: secrets.subscriber,
    probeSecretArn: secrets.probe,
  });
}

const queueOf = (url: string | undefined) =>
  url === undefined ? undefined : { name: url.slice(url.lastIndexOf('/') + 1), url };
