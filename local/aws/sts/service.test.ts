import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestEndpoint, type TestEndpoint } from '../testing/testEndpoint.ts';

let endpoint: TestEndpoint;
let client: STSClient;
beforeAll(async () => {
  endpoint = await startTestEndpoint();
  client = new STSClient(endpoint.clientConfig);
});
afterAll(async () => {
  client.destroy();
  await endpoint.close();
});

it('says who holds the key: the account itself', async () => {
  expect(await client.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '000000000000',
    Arn: 'arn:aws:iam::000000000000:root',
  });
});

it('refuses by name an action it lacks', async () => {
  const assume = new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::000000000000:role/x', RoleSessionName: 'x' });
  await expect(client.send(assume)).rejects.toMatchObject({
    name: 'InvalidAction',
    message: expect.stringContaining('"AssumeRole"'),
  });
});
