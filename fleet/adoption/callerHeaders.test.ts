import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestEndpoint, type TestEndpoint } from '../../local/aws/testing/testEndpoint.ts';
import { AuthSecretError } from '../errors.ts';
import { callerHeaders, secretReader, type ReadSecret } from './callerHeaders.ts';

let endpoint: TestEndpoint;
let read: ReadSecret;
const arns: Record<string, string> = {};
beforeAll(async () => {
  endpoint = await startTestEndpoint();
  read = secretReader(new SecretsManagerClient(endpoint.clientConfig));
  for (const [name, value] of Object.entries({
    plain: 'k3y',
    json: '{"token":"t0ken"}',
    broken: 'two\nlines',
  }))
    arns[name] = endpoint.state.secrets.put(name, value, { nowMs: 0 }).arn;
});
afterAll(() => endpoint.close());

it('shows who calls as the configuration says', async () => {
  expect(await callerHeaders(read, undefined)).toBeNull();
  expect(await callerHeaders(read, { by: 'iam' })).toBeNull();
  expect(await callerHeaders(read, { by: 'none' })).toEqual({});
  expect(await callerHeaders(read, { by: 'apiKey', secretArn: arns['plain']!, header: 'x-api-key' })).toEqual(
    { 'x-api-key': 'k3y' },
  );
  expect(await callerHeaders(read, { by: 'bearerToken', secretArn: arns['json']!, field: 'token' })).toEqual({
    authorization: 'Bearer t0ken',
  });
});

it.each([
  ['broken', undefined, 'expected a text, fit for a header'],
  ['json', 'key', 'expected JSON with a text in its field "key", fit for a header'],
  ['plain', 'token', 'expected JSON with a text in its field "token", fit for a header'],
])('says what a secret should be, and never what it is: %s', async (name, field, message) => {
  const secretArn = arns[name]!;
  const asked = callerHeaders(read, {
    by: 'bearerToken',
    secretArn,
    ...(field !== undefined && { field }),
  });
  await expect(asked).rejects.toThrow(new AuthSecretError(secretArn, message));
});
