import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  type ListSecretsCommandInput,
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

  it('lists secrets by what they are called and are for, page by page', async () => {
    const { secrets } = endpoint.state;
    const day = 86_400_000;
    secrets.put('list-b', 'x', { nowMs: 3 * day, description: 'The reader of orders' });
    secrets.put('list-a', 'x', { nowMs: 2 * day, description: 'An administrator' });
    secrets.put('list-c', 'x', { nowMs: day });
    const Filters = [{ Key: 'name' as const, Values: ['list-'] }];
    const list = async (change: ListSecretsCommandInput = {}) =>
      (await client.send(new ListSecretsCommand({ Filters, ...change }))).SecretList?.map(({ Name }) => Name);
    expect(await list()).toEqual(['list-b', 'list-a', 'list-c']);
    expect(await list({ SortBy: 'name', SortOrder: 'asc' })).toEqual(['list-a', 'list-b', 'list-c']);
    expect(await list({ Filters: [{ Key: 'description', Values: ['order'] }] })).toEqual(['list-b']);
    expect(await list({ Filters: [...Filters, { Key: 'all', Values: ['!list-a'] }] })).toEqual([
      'list-b',
      'list-c',
    ]);
    const first = await client.send(new ListSecretsCommand({ Filters, MaxResults: 2 }));
    expect(first.SecretList?.[0]).toMatchObject({ Name: 'list-b', CreatedDate: new Date(3 * day) });
    expect(first.SecretList?.[0]).not.toHaveProperty('SecretString');
    expect(await list({ NextToken: first.NextToken })).toEqual(['list-c']);
    await expect(list({ NextToken: 'x' })).rejects.toMatchObject({ name: 'InvalidNextTokenException' });
    await expect(list({ Filters: [{ Key: 'tag-key', Values: ['x'] }] })).rejects.toMatchObject({
      message: expect.stringContaining('expected name, description or all'),
    });
  });
});
