import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';

/**
 * Credentials of a role, in another account mostly; the client that is given them asks again before they end.
 * @param sessionName who acts as it, for whoever reads that account's trail
 */
export const assumedRole = (sts: STSClient, roleArn: string, sessionName: string) => async () => {
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: sessionName }),
  );
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken, Expiration } = Credentials ?? {};
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(SessionToken !== undefined && { sessionToken: SessionToken }),
    ...(Expiration !== undefined && { expiration: Expiration }),
  };
};
