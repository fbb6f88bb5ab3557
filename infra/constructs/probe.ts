import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { provenPeakPath } from '../../monitoring/provenPeak.ts';
import { limits } from '../../monitoring/limits.ts';
import { engineOf, systemDocumentPath, type ProbedDocument } from '../../fleet/systemDocument.ts';
import { fleetNames, keyAliases, systemNames } from '../../fleet/names.ts';
import type { ServiceDefinition } from '../../fleet/service.ts';
import type { Proving } from '../../fleet/provingStage.ts';
import type { Statement } from './acknowledge.ts';
import { assumesEvidenceReader, evidenceReaderArn } from './evidenceReader.ts';
import { readsSecrets } from './readsSecrets.ts';
import { addScheduledFunction, readsDocuments } from './scheduledFunction.ts';

export interface ProbeProps {
  service: ServiceDefinition;
  stage: string;
  codeDirectory: string;
  /** Whether any system of the stage is built here. */
  buildsAny: boolean;
  /** Systems that were made by whatever else, with a database that it may look at. */
  adopted: readonly ProbedDocument[];
  /** Where the peaks are kept that this stage is proven up to. */
  provenBy: Proving;
  /** What it may ask of the Redshift Data API. */
  statementsPerSecond: number;
}

/**
 * The function that asks every cluster of the stage each minute, through the Redshift Data API, or Aurora's: outside
 * the network, so that it still sees what a cut network hides. It may read the systems' documents and
 * log in as their probe users, by names derived from the stage's.
 */
export function addProbe(
  scope: Construct,
  { service, stage, codeDirectory, buildsAny, adopted, provenBy, statementsPerSecond }: ProbeProps,
): void {
  const stack = Stack.of(scope);
  const readerArn = evidenceReaderArn(stack, provenBy);
  addScheduledFunction(scope, 'Probe', {
    functionName: fleetNames(stage).probeFunction,
    description: `Asks every database of ${stage} for its memory, connections and statements`,
    entry: 'probe',
    codeDirectory,
    memoryMiB: 256,
    timeoutMs: limits.scheduledFunctionMs,
    everyMinutes: 1,
    environment: {
      HEADROOM_STAGE: stage,
      PROVEN_BY_STAGE: provenBy.stage,
      STATEMENTS_PER_SECOND: String(statementsPerSecond),
      ...(readerArn !== undefined && { PROVEN_BY_ROLE_ARN: readerArn }),
    },
    statements: [
      readsDocuments(stack, [
        systemDocumentPath(stage),
        ...(provenBy.account === undefined ? [provenPeakPath(provenBy.stage)] : []),
      ]),
      ...assumesEvidenceReader(stack, provenBy),
      ...(buildsAny || adopted.some(isOnRedshift) ? [ownStatements] : []),
      ...(buildsAny ? statementsOfOurs(stack, service, stage) : []),
      ...statementsOfAdopted(stack, adopted),
    ],
  });
}

const isOnRedshift = (document: ProbedDocument): boolean => engineOf(document) === 'redshift';

/** What became of a statement that it ran through the Redshift Data API. */
const ownStatements: Statement = {
  actions: [
    'redshift-data:DescribeStatement',
    'redshift-data:GetStatementResult',
    'redshift-data:CancelStatement',
  ],
  resources: ['*'],
  patternReason: 'Statements have no names; the condition keeps it to its own.',
  conditions: { StringEquals: { 'redshift-data:statement-owner-iam-userid': '${aws:userid}' } },
};

/** The databases of systems that are built here, by the names that they all have. */
function statementsOfOurs(stack: Stack, service: ServiceDefinition, stage: string): Statement[] {
  const ofAnySystem = systemNames(service, stage, '*');
  const arn = (of: string, resource: string, resourceName: string): string =>
    stack.formatArn({ service: of, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  return [
    {
      actions: ['redshift-data:ExecuteStatement', 'redshift-data:BatchExecuteStatement'],
      resources: [arn('redshift', 'cluster', ofAnySystem.cluster)],
      patternReason: 'Every system of the stage, also those to come.',
    },
    {
      actions: ['secretsmanager:GetSecretValue'],
      // Secrets Manager appends a hyphen and six characters.
      resources: [arn('secretsmanager', 'secret', `${ofAnySystem.probeSecret}-??????`)],
      patternReason: 'The probe user of every system of the stage, also of those to come.',
    },
    {
      actions: ['kms:Decrypt'],
      resources: [stack.formatArn({ service: 'kms', resource: 'key', resourceName: '*' })],
      patternReason: 'The condition keeps it to the key of the stage, by its alias.',
      conditions: {
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': keyAliases(stage).data },
        StringEquals: { 'kms:ViaService': `secretsmanager.${stack.region}.amazonaws.com` },
      },
    },
  ];
}

/** Their names follow from nothing: each is named. */
function statementsOfAdopted(stack: Stack, adopted: ProbeProps['adopted']): Statement[] {
  if (adopted.length === 0) return [];
  const secrets = adopted.map(({ cluster }) => cluster.probeSecretArn);
  const asks = (service: 'redshift' | 'rds', actions: string[]): Statement[] => {
    const clusters = adopted.filter((each) => isOnRedshift(each) === (service === 'redshift'));
    const arnOf = ({ cluster }: ProbedDocument): string =>
      stack.formatArn({
        service,
        resource: 'cluster',
        resourceName: cluster.identifier,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
    return clusters.length === 0 ? [] : [{ actions, resources: clusters.map(arnOf) }];
  };
  return [
    ...asks('redshift', ['redshift-data:ExecuteStatement', 'redshift-data:BatchExecuteStatement']),
    ...asks('rds', ['rds-data:ExecuteStatement']),
    ...readsSecrets(stack, secrets),
  ];
}
