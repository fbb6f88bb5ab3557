import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { limits } from '../../monitoring/limits.ts';
import { systemDocumentPath } from '../../monitoring/systemDocument.ts';
import type { StageConfig } from '../fleet.ts';
import { fleetNames } from '../names.ts';
import { addScheduledFunction } from './scheduledFunction.ts';

export interface ComparisonProps {
  stage: string;
  config: StageConfig;
  codeDirectory: string;
}

/** The function that compares the stage's systems with each other and publishes who stands out. */
export function addComparison(scope: Construct, { stage, config, codeDirectory }: ComparisonProps): void {
  const stack = Stack.of(scope);
  addScheduledFunction(scope, 'Comparison', {
    functionName: fleetNames(stage).comparisonFunction,
    description: `Compares the systems of ${stage} with each other`,
    entry: 'comparison',
    codeDirectory,
    memoryMiB: 256,
    timeoutMs: 50_000,
    everyMinutes: limits.standingOut.windowPeriods,
    environment: {
      HEADROOM_STAGE: stage,
      METRIC_PERIOD_SECONDS: String(config.periodSeconds),
      API_RESERVED_CONCURRENCY: String(config.api.reservedConcurrency),
    },
    statements: [
      new PolicyStatement({
        actions: ['ssm:GetParametersByPath'],
        resources: [
          `${stack.formatArn({ service: 'ssm', resource: 'parameter' })}${systemDocumentPath(stage)}*`,
        ],
      }),
      // Metrics have no ARNs.
      new PolicyStatement({ actions: ['cloudwatch:GetMetricData'], resources: ['*'] }),
    ],
  });
}
