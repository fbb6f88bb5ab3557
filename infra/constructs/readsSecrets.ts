import type { Stack } from 'aws-cdk-lib';
import type { Statement } from './acknowledge.ts';

/** Reading of secrets that were made by whatever else, under keys that nobody here knows. */
export const readsSecrets = (stack: Stack, secretArns: readonly string[]): Statement[] =>
  secretArns.length === 0
    ? []
    : [
        { actions: ['secretsmanager:GetSecretValue'], resources: [...new Set(secretArns)] },
        {
          actions: ['kms:Decrypt'],
          resources: [stack.formatArn({ service: 'kms', resource: 'key', resourceName: '*' })],
          patternReason:
            'The condition keeps it to what Secrets Manager decrypts of the secrets named beside it.',
          conditions: {
            StringEquals: {
              'kms:ViaService': `secretsmanager.${stack.region}.amazonaws.com`,
              'kms:EncryptionContext:SecretARN': [...new Set(secretArns)],
            },
          },
        },
      ];
