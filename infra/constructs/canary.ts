import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { systemDocumentPath } from '../../monitoring/systemDocument.ts';
import { fleetNames } from '../names.ts';
import { addScheduledFunction } from './scheduledFunction.ts';

export interface CanaryProps {
  stage: string;
  /** The configured systems: what is counted, whatever is deployed. */
  systems: readonly string[];
  codeDirectory: string;
}

/** Systems that a quarter of a core can greet within the canary's deadline: a TLS handshake each. */
const systemsPerQuarterCore = 25;

/**
 * The function that asks every system of the stage for its health each minute, as a client would: signed,
 * through the API's public address.
 */
export function addCanary(scope: Construct, { stage, systems, codeDirectory }: CanaryProps): void {
  addScheduledFunction(scope, 'Canary', {
    functionName: fleetNames(stage).canaryFunction,
    description: `Asks every system of ${stage} for its health`,
    entry: 'canary',
    codeDirectory,
    memoryMiB: Math.min(1_769, 512 * Math.ceil(systems.length / systemsPerQuarterCore)),
    // Less than its schedule's minute, so that two never overlap.
    timeoutMs: 50_000,
    everyMinutes: 1,
    input: { systems },
    // Names are looked up by the threads that libuv keeps for it: four of them, one slow name server, and
    // healthy systems miss their deadline.
    environment: { HEADROOM_STAGE: stage, UV_THREADPOOL_SIZE: '64' },
    statements: canaryStatements(Stack.of(scope), stage),
  });
}

function canaryStatements(stack: Stack, stage: string): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['ssm:GetParametersByPath'],
      resources: [
        `${stack.formatArn({ service: 'ssm', resource: 'parameter' })}${systemDocumentPath(stage)}*`,
      ],
    }),
    new PolicyStatement({
      actions: ['execute-api:Invoke'],
      // APIs have ids that nobody knows before they exist; the stage and the path bound it.
      resources: [
        stack.formatArn({
          service: 'execute-api',
          resource: '*',
          resourceName: `${stage}/GET/healthcheck`,
        }),
      ],
    }),
  ];
}
