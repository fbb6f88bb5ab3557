import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestEndpoint, type TestEndpoint } from '../../local/aws/testing/testEndpoint.ts';
import { AuthSecretError } from '../errors.ts';
import { callerHeaders } from './callerHeaders.ts';

let endpoint: TestEndpoint;
let client: SecretsManagerClient;
const arns: Record<string, string> = {};
beforeAll(async () => {
  endpoint = await startTestEndpoint();
  client = new SecretsManagerClient(endpoint.clientConfig);
  for (const [name, value] of Object.entries({
    plain: 'k3y',
    json: '{"token":"t0ken"}',
    broken: 'two\nlines',
  }))
    arns[name] = endpoint.state.secrets.put(name, value, { nowMs: 0 }).arn;
});
afterAll(() => endpoint.close());

it('shows who calls as the configuration says', async () => {
  expect(await callerHeaders(client, undefined)).toBeNull();
  expect(await callerHeaders(client, { by: 'iam' })).toBeNull();
  expect(await callerHeaders(client, { by: 'none' })).toEqual({});
  expect(
    await callerHeaders(client, { by: 'apiKey', secretArn: arns['plain']!, header: 'x-api-key' }),
  ).toEqual({ 'x-api-key': 'k3y' });
  expect(
    await callerHeaders(client, { by: 'bearerToken', secretArn: arns['json']!, field: 'token' }),
  ).toEqual({ authorization: 'Bearer t0ken' });
});

it.each([
  ['broken', undefined, 'expected a text, fit for a header'],
  ['json', 'key', 'expected JSON with a text in its field "key", fit for a header'],
  ['plain', 'token', 'expected JSON with a text in its field "token", fit for a header'],
])('says what a secret should be, and never what it is: %s', async (name, field, message) => {
  const secretArn = arns[name]!;
  const asked = callerHeaders(client, {
    by: 'bearerToken',
    secretArn,
    ...(field !== undefined && { field }),
  });
  await expect(asked).rejects.toThrow(new AuthSecretError(secretArn, message));
});
