import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../core/clock.ts';
import { parseFleet } from '../../fleet/fleet.ts';
import { documentOf } from '../../fleet/testing/systemDocument.ts';
import { AwsEndpoint, AwsFault } from '../../service/testing/awsEndpoint.ts';
import { advisedFor } from './advised.ts';
import { checkRuns } from './runs.ts';
import { contract } from '../../service/contract.ts';

const fleet = parseFleet({
  service: contract,
  region: 'us-east-1',
  systems: [{ name: 'orders', expectedPeak: { requestsPerSecond: 30, messagesPerSecond: 1 } }],
  stages: { prod: {}, qa: {}, test: { runsOn: { stage: 'qa' } }, local: {} },
});

/** What doctor says of an account with this stack, whose databases answer so. */
async function said(stage: string, stack: string, schemas: string[] | Error) {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/xml');
    response.end(`<ListStacksResponse><ListStacksResult><StackSummaries>${stack}</StackSummaries>
      </ListStacksResult></ListStacksResponse>`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const data = await AwsEndpoint.start();
  data.actions.set('ExecuteStatement', () => {
    if (schemas instanceof Error) throw schemas;
    return { Id: '1' };
  });
  data.actions.set('DescribeStatement', () => ({ Status: 'FINISHED', HasResultSet: true }));
  data.actions.set('GetStatementResult', () => ({
    ColumnMetadata: [{ name: 'name' }],
    Records: (schemas as string[]).map((stringValue) => [{ stringValue }]),
  }));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await data.stop();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients = {
    cloudFormation: new CloudFormationClient({ ...data.clientConfig, endpoint }),
    dataApi: new RedshiftDataClient(data.clientConfig),
  };
  return checkRuns(
    { fleet, stage, connection: { clients }, clock: systemClock },
    [documentOf('orders', 'http://api')],
    advisedFor(null),
  );
}

const old = `<member><StackName>test-1-orders</StackName><StackId>arn</StackId><StackStatus>DELETE_FAILED</StackStatus>
  <TemplateDescription>Headroom test-1: orders, for one run</TemplateDescription>
  <CreationTime>2026-01-01T00:00:00Z</CreationTime></member>`;

it('doctor names the runs that something is left of, and the command that removes it', async () => {
  expect(await said('qa', old, ['public', 'test_1'])).toEqual([
    {
      check: 'runs',
      state: 'missing',
      text: 'test-1 has ended, but 1 stack and 1 schema of it are left: npx headroom sweep --stage qa',
    },
  ]);
  expect(await said('qa', '', ['public'])).toMatchObject([{ state: 'ok' }]);
});

it('does not take a database that cannot be asked for one without leftovers', async () => {
  const paused = new AwsFault('ValidationException', 'the cluster is paused');
  expect(await said('qa', '', paused)).toMatchObject([
    { check: 'runs', state: 'unknown', text: expect.stringContaining('the cluster is paused') },
  ]);
});

it('asks nobody where no stage is made for each run', async () => {
  expect(await said('prod', old, ['test_1'])).toEqual([]);
});
