import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { systemDocumentPath } from '../../monitoring/systemDocument.ts';
import { fleetNames, keyAliases, systemNames } from '../names.ts';
import { addStatements, type Statement } from './acknowledge.ts';
import { BundledFunction } from './bundledFunction.ts';

/**
 * The function that asks every cluster of the stage each minute, through the Redshift Data API: outside
 * the network, so that it still sees what a cut network hides. It may read the systems' documents and
 * log in as their probe users, by names derived from the stage's.
 */
export function addProbe(scope: Construct, stage: string, codeDirectory: string): void {
  const { function: probe, role } = new BundledFunction(scope, 'Probe', {
    functionName: fleetNames(stage).probeFunction,
    description: `Asks every database of ${stage} for its memory and statements`,
    entry: 'probe',
    codeDirectory,
    memoryMiB: 256,
    // Less than its schedule's minute, so that two never overlap.
    timeoutMs: 50_000,
    environment: { HEADROOM_STAGE: stage },
  });
  addStatements(role, probeStatements(Stack.of(scope), stage));
  new Rule(scope, 'ProbeSchedule', {
    ruleName: fleetNames(stage).probeFunction,
    description: 'Runs the probe',
    schedule: Schedule.rate(Duration.minutes(1)),
    targets: [new LambdaFunction(probe)],
  });
}

function probeStatements(stack: Stack, stage: string): Statement[] {
  const ofAnySystem = systemNames(stage, '*');
  const arn = (service: string, resource: string, resourceName: string): string =>
    stack.formatArn({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  return [
    {
      actions: ['ssm:GetParametersByPath'],
      resources: [
        `${stack.formatArn({ service: 'ssm', resource: 'parameter' })}${systemDocumentPath(stage)}*`,
      ],
      patternReason: 'Every system of the stage, also those to come.',
    },
    {
      actions: ['redshift-data:ExecuteStatement', 'redshift-data:BatchExecuteStatement'],
      resources: [arn('redshift', 'cluster', ofAnySystem.cluster)],
      patternReason: 'Every system of the stage, also those to come.',
    },
    {
      actions: [
        'redshift-data:DescribeStatement',
        'redshift-data:GetStatementResult',
        'redshift-data:CancelStatement',
      ],
      resources: ['*'],
      patternReason: 'Statements have no names; the condition keeps it to its own.',
      conditions: { StringEquals: { 'redshift-data:statement-owner-iam-userid': '${aws:userid}' } },
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
