import { z } from 'zod';
import { defineAction } from '../action.ts';

export const describeSecret = defineAction({
  name: 'DescribeSecret',
  input: z.strictObject({ SecretId: z.string() }),
  handle: ({ SecretId }, { state }) => {
    const secret = state.secrets.get(SecretId);
    return {
      ARN: secret.arn,
      Name: secret.name,
      Description: secret.description,
      CreatedDate: new Date(secret.createdMs),
      LastChangedDate: new Date(secret.createdMs),
      VersionIdsToStages: { [secret.versionId]: ['AWSCURRENT'] },
    };
  },
});
