import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { limits } from '../../monitoring/limits.ts';
import { systemDocumentPath, type PublishedDocument } from '../../fleet/systemDocument.ts';
import type { ServiceDefinition } from '../../fleet/service.ts';
import { fleetNames } from '../../fleet/names.ts';
import { canaryMemoryMiB } from '../canaryMemory.ts';
import type { Statement } from './acknowledge.ts';
import type { BundledFunctionProps } from './bundledFunction.ts';
import { readsSecrets } from './readsSecrets.ts';
import { addScheduledFunction, readsDocuments } from './scheduledFunction.ts';

export interface CanaryProps {
  service: ServiceDefinition;
  stage: string;
  /** Those of them that were made by whatever else, each with a healthcheck. */
  adopted: readonly PublishedDocument[];
  /** The configured systems with a healthcheck: what is counted, whatever is deployed. */
  systems: readonly string[];
  codeDirectory: string;
  /** The stage's network, where its APIs answer in there alone. */
  network?: BundledFunctionProps['network'];
}

/**
 * The function that asks every system of the stage for its health each minute, as a client would: signed,
 * through the API's public address, or from inside the network where there is none.
 */
export function addCanary(scope: Construct, props: CanaryProps): void {
  const { service, stage, systems, adopted, codeDirectory, network } = props;
  addScheduledFunction(scope, 'Canary', {
    functionName: fleetNames(stage).canaryFunction,
    description: `Asks every system of ${stage} for its health`,
    entry: 'canary',
    codeDirectory,
    memoryMiB: canaryMemoryMiB(systems.length),
    timeoutMs: limits.scheduledFunctionMs,
    everyMinutes: 1,
    input: { systems },
    // Names are looked up by the threads that libuv keeps for it: four of them, one slow name server, and
    // healthy systems miss their deadline.
    environment: { HEADROOM_STAGE: stage, HEALTH_PATH: service.health, UV_THREADPOOL_SIZE: '64' },
    statements: canaryStatements(Stack.of(scope), service, stage, adopted, systems.length > adopted.length),
    ...(network && { network }),
  });
}

const canaryStatements = (
  stack: Stack,
  { health }: ServiceDefinition,
  stage: string,
  adopted: readonly PublishedDocument[],
  buildsAny: boolean,
): Statement[] => [
  readsDocuments(stack, [systemDocumentPath(stage)]),
  ...(buildsAny
    ? [
        {
          actions: ['execute-api:Invoke'],
          resources: [
            stack.formatArn({ service: 'execute-api', resource: '*', resourceName: `${stage}/GET${health}` }),
          ],
          patternReason:
            'APIs have ids that nobody knows before they exist; the stage and the path bound it.',
        },
      ]
    : []),
  ...invocationsOf(stack, adopted),
  ...readsSecrets(
    stack,
    adopted.flatMap(({ auth }) => (auth && 'secretArn' in auth ? [auth.secretArn] : [])),
  ),
];

/** The healthchecks of APIs that ask for a signature. */
function invocationsOf(stack: Stack, adopted: readonly PublishedDocument[]): Statement[] {
  const signed = adopted.filter(({ auth }) => auth === undefined || auth.by === 'iam');
  if (signed.length === 0) return [];
  return [
    {
      actions: ['execute-api:Invoke'],
      resources: signed.map(({ api, healthcheckUrl = '' }) => {
        const [, ofStage = '*', rest = '*'] = /^https?:\/\/[^/]+\/([^/]+)\/(.+)$/.exec(healthcheckUrl) ?? [];
        // Behind a name of its own, an API's id and stage are not in its URL.
        const isAws = /^https:\/\/[^/]+\.execute-api\./.test(healthcheckUrl);
        return stack.formatArn({
          service: 'execute-api',
          resource: api.id ?? '*',
          resourceName: isAws ? `${ofStage}/GET/${rest}` : '*/GET/*',
        });
      }),
      patternReason: 'Behind a name of its own an API does not show its stage, nor where its paths begin.',
    },
  ];
}
