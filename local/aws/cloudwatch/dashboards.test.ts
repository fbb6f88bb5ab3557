import { CloudWatchClient, GetDashboardCommand, ListDashboardsCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestEndpoint, type TestEndpoint } from '../testing/testEndpoint.ts';

let endpoint: TestEndpoint;
let client: CloudWatchClient;
const body = '{"widgets":[]}';
beforeAll(async () => {
  endpoint = await startTestEndpoint();
  client = new CloudWatchClient(endpoint.clientConfig);
  endpoint.state.dashboards.set('local-database', body);
  endpoint.state.dashboards.set('local-application', body);
});
afterAll(async () => {
  client.destroy();
  await endpoint.close();
});

it('lists dashboards by prefix, in the order of their names', async () => {
  const { DashboardEntries } = await client.send(new ListDashboardsCommand({}));
  expect(DashboardEntries?.map(({ DashboardName }) => DashboardName)).toEqual([
    'local-application',
    'local-database',
  ]);
  const some = await client.send(new ListDashboardsCommand({ DashboardNamePrefix: 'local-d' }));
  expect(some.DashboardEntries).toEqual([
    {
      DashboardArn: 'arn:aws:cloudwatch::000000000000:dashboard/local-database',
      DashboardName: 'local-database',
      Size: body.length,
    },
  ]);
});

it('gives a dashboard as it was made, and names one that is not there', async () => {
  const found = await client.send(new GetDashboardCommand({ DashboardName: 'local-database' }));
  expect(found.DashboardBody).toBe(body);
  await expect(client.send(new GetDashboardCommand({ DashboardName: 'none' }))).rejects.toMatchObject({
    name: 'ResourceNotFound',
  });
});
