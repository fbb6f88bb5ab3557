import { ApiKey, UsagePlan, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

export interface ApiKeyProps {
  api: RestApi;
  /** Of the key and of its usage plan. */
  name: string;
  secretName: string;
  encryptionKey: IKey;
}

/**
 * The key that callers of an API's keyed routes send. Secrets Manager makes it and gives it to whoever may read the secret;
 * API Gateway has it from there.
 * @returns the secret's ARN
 */
export function addApiKey(scope: Construct, { api, name, secretName, encryptionKey }: ApiKeyProps): string {
  const secret = new Secret(scope, 'ApiKeySecret', {
    secretName,
    description: 'API key: header x-api-key',
    encryptionKey,
    // API Gateway takes 20 to 128 letters and digits.
    generateSecretString: { passwordLength: 40, excludePunctuation: true },
  });
  acknowledge(secret, {
    SMG4: 'Callers hold the key: it is changed together with them, by a new secret and a new key.',
  });
  // What the template holds is a reference that CloudFormation resolves.
  const key = new ApiKey(scope, 'ApiKey', { apiKeyName: name, value: secret.secretValue.unsafeUnwrap() });
  const plan = new UsagePlan(scope, 'UsagePlan', { name, apiStages: [{ stage: api.deploymentStage }] });
  plan.addApiKey(key);
  return secret.secretArn;
}
