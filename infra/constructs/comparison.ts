import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { limits } from '../../monitoring/limits.ts';
import { systemDocumentPath } from '../../fleet/systemDocument.ts';
import type { StageConfig } from '../../fleet/fleet.ts';
import { fleetNames } from '../../fleet/names.ts';
import { addScheduledFunction, readsDocuments } from './scheduledFunction.ts';

export interface ComparisonProps {
  stage: string;
  config: StageConfig;
  codeDirectory: string;
}

/** The function that compares the stage's systems with each other and publishes who stands out. */
export function addComparison(scope: Construct, { stage, config, codeDirectory }: ComparisonProps): void {
  addScheduledFunction(scope, 'Comparison', {
    functionName: fleetNames(stage).comparisonFunction,
    description: `Compares the systems of ${stage} with each other`,
    entry: 'comparison',
    codeDirectory,
    memoryMiB: 256,
    timeoutMs: limits.scheduledFunctionMs,
    everyMinutes: limits.outliers.windowPeriods,
    environment: {
      HEADROOM_STAGE: stage,
      METRIC_PERIOD_SECONDS: String(config.periodSeconds),
      API_RESERVED_CONCURRENCY: String(config.api.reservedConcurrency),
      SUBSCRIBER_MAXIMUM_CONCURRENCY: String(config.subscriber.maximumConcurrency),
    },
    statements: [
      readsDocuments(Stack.of(scope), [systemDocumentPath(stage)]),
      {
        actions: ['cloudwatch:GetMetricData'],
        resources: ['*'],
        patternReason: 'Metrics have no ARNs.',
      },
    ],
  });
}
