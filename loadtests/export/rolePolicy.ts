import { keyAliases } from '../../fleet/names.ts';
import type { SystemDocument } from '../../fleet/systemDocument.ts';

/** What whoever loads these systems must be allowed: to call their APIs and to publish to their topics. */
export function rolePolicy(
  systems: readonly Pick<SystemDocument, 'api' | 'topicArn' | 'region'>[],
  baseStage: string,
): object {
  const region = systems[0]?.region ?? '';
  // arn:partition:sns:region:account:name
  const [, partition = 'aws', , , account = ''] = systems[0]?.topicArn.split(':') ?? [];
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'execute-api:Invoke',
        Resource: systems.map(({ api }) => `arn:${partition}:execute-api:${region}:${account}:${api.id}/*`),
      },
      { Effect: 'Allow', Action: 'sns:Publish', Resource: systems.map(({ topicArn }) => topicArn) },
      {
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: `arn:${partition}:kms:${region}:${account}:key/*`,
        Condition: {
          'ForAnyValue:StringEquals': { 'kms:ResourceAliases': keyAliases(baseStage).topics },
          StringEquals: { 'kms:ViaService': `sns.${region}.amazonaws.com` },
        },
      },
    ],
  };
}
