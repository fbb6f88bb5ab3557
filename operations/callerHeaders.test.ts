import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AuthSecretError } from '../fleet/errors.ts';
import { startTestEndpoint, type TestEndpoint } from '../local/aws/testing/testEndpoint.ts';
import { systemAt } from '../loadtests/runner/testing/systems.ts';
import { callerHeadersOf } from './callerHeaders.ts';

let endpoint: TestEndpoint;
let secrets: SecretsManagerClient;
const arns: Record<string, string> = {};
let asked: (string | undefined)[] = [];
beforeAll(async () => {
  endpoint = await startTestEndpoint();
  secrets = new SecretsManagerClient(endpoint.clientConfig);
  secrets.middlewareStack.add(
    (next) => (args) => {
      asked.push((args.input as { SecretId?: string }).SecretId);
      return next(args);
    },
    { step: 'initialize' },
  );
  for (const [name, value] of Object.entries({ shared: 'k3y', own: '{"token":"t0ken"}' }))
    arns[name] = endpoint.state.secrets.put(name, value, { nowMs: 0 }).arn;
});
afterAll(async () => {
  secrets.destroy();
  await endpoint.close();
});

const system = (name: string, auth: Parameters<typeof callerHeadersOf>[1][number]['auth']) => ({
  ...systemAt(name, 'http://127.0.0.1:1/prod', 1),
  ...(auth && { auth }),
});
const byKey = (secretArn: string) => ({ by: 'apiKey', secretArn, header: 'x-api-key' }) as const;

it('reads a secret that systems share once, and gives each its own headers', async () => {
  asked = [];
  const shared = Array.from({ length: 20 }, (_, index) => system(`shop-${index}`, byKey(arns['shared']!)));
  const alone = system('alone', { by: 'bearerToken', secretArn: arns['own']!, field: 'token' });
  const all = await callerHeadersOf(secrets, [...shared, alone, system('signs', undefined)]);
  expect(asked).toEqual([arns['shared'], arns['own']]);
  expect(all).toEqual({
    ...Object.fromEntries(shared.map(({ system: name }) => [name, { 'x-api-key': 'k3y' }])),
    alone: { authorization: 'Bearer t0ken' },
  });
});

it('names the secret that is none, whatever the others are', async () => {
  const broken = { by: 'bearerToken', secretArn: arns['own']!, field: 'key' } as const;
  await expect(
    callerHeadersOf(secrets, [system('shop', byKey(arns['shared']!)), system('bank', broken)]),
  ).rejects.toThrow(AuthSecretError);
});
