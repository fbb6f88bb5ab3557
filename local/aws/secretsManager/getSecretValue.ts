import { z } from 'zod';
import { defineAction } from '../action.ts';
import { AwsError } from '../errors.ts';

export const getSecretValue = defineAction({
  name: 'GetSecretValue',
  input: z.strictObject({
    SecretId: z.string(),
    VersionId: z.string().optional(),
    VersionStage: z.string().optional(),
  }),
  handle: ({ SecretId, VersionId, VersionStage = 'AWSCURRENT' }, { state }) => {
    const secret = state.secrets.get(SecretId);
    if (VersionStage !== 'AWSCURRENT' || (VersionId !== undefined && VersionId !== secret.versionId)) {
      throw new AwsError(
        'ResourceNotFoundException',
        `Secrets Manager can't find the specified secret value for VersionId: ${VersionId ?? ''}, staging label: ${VersionStage}; this stage keeps AWSCURRENT only.`,
      );
    }
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: secret.versionId,
      SecretString: secret.secretString,
      VersionStages: ['AWSCURRENT'],
      CreatedDate: new Date(secret.createdMs),
    };
  },
});
