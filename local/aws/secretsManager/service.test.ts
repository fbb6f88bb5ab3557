import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestEndpoint, type TestEndpoint } from '../testing/testEndpoint.ts';

let endpoint: TestEndpoint;
let client: SecretsManagerClient;
beforeAll(async () => {
  endpoint = await startTestEndpoint();
  client = new SecretsManagerClient(endpoint.clientConfig);
});
afterAll(async () => {
  client.destroy();
  await endpoint.close();
});

describe('Secrets Manager', () => {
  it('gives a secret by name, by ARN, and by ARN without its suffix', async () => {
    const nowMs = Date.UTC(2026, 10, 3);
    const { arn } = endpoint.state.secrets.put('local-system-01-db-api', '{"username":"u"}', { nowMs });
    for (const SecretId of ['local-system-01-db-api', arn, arn.replace(/-[^-]{6}$/, '')]) {
      const value = await client.send(new GetSecretValueCommand({ SecretId }));
      expect(value).toMatchObject({
        ARN: arn,
        SecretString: '{"username":"u"}',
        VersionStages: ['AWSCURRENT'],
      });
      expect(value.CreatedDate?.getTime()).toBe(nowMs);
    }
    const described = await client.send(new DescribeSecretCommand({ SecretId: arn }));
    expect(described.Name).toBe('local-system-01-db-api');
  });

  it('gives the newest version under the same ARN', async () => {
    const first = endpoint.state.secrets.put('rotated', 'old', { nowMs: 0 });
    const second = endpoint.state.secrets.put('rotated', 'new', { nowMs: 0 });
    expect(second.arn).toBe(first.arn);
    const value = await client.send(new GetSecretValueCommand({ SecretId: first.arn }));
    expect(value.SecretString).toBe('new');
    await expect(
      client.send(new GetSecretValueCommand({ SecretId: first.arn, VersionId: first.versionId })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('keeps the current version only', async () => {
    const { arn, versionId } = endpoint.state.secrets.put('staged', 'now', { nowMs: 0 });
    const get = (more: object) => client.send(new GetSecretValueCommand({ SecretId: arn, ...more }));
    expect((await get({ VersionId: versionId, VersionStage: 'AWSCURRENT' })).SecretString).toBe('now');
    await expect(get({ VersionStage: 'AWSPREVIOUS' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: expect.stringContaining('AWSPREVIOUS'),
    });
  });

  it('knows no other secret', async () => {
    const { arn } = endpoint.state.secrets.put('long-name', 'x', { nowMs: 0 });
    await expect(
      client.send(new GetSecretValueCommand({ SecretId: arn.replace(/-name-.*$/, '') })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(client.send(new GetSecretValueCommand({ SecretId: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
