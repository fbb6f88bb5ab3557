import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from '../connection.ts';
import { UsageError } from '../errors.ts';
import { factsOfStack } from './askAws.ts';

interface Resource {
  id: string;
  status: string;
}

let status: string;
/** A page of resources each. */
let pages: Resource[][];
let server: Server;
let clients: Connection['clients'];

beforeEach(async () => {
  server = createServer((request, response) => {
    void text(request).then((body) => {
      const form = new URLSearchParams(body);
      const action = form.get('Action')!;
      const page = Number(form.get('NextToken') ?? 0);
      const members = (pages[page] ?? []).map(
        ({ id, status: of }, index) => `<member><LogicalResourceId>R${index}</LogicalResourceId>
          <PhysicalResourceId>${id}</PhysicalResourceId><ResourceType>AWS::Redshift::Cluster</ResourceType>
          <LastUpdatedTimestamp>2026-11-26T03:00:00Z</LastUpdatedTimestamp>
          <ResourceStatus>${of}</ResourceStatus></member>`,
      );
      const result =
        action === 'DescribeStacks'
          ? `<Stacks><member><StackName>s</StackName><CreationTime>2026-11-26T03:00:00Z</CreationTime>
              <StackStatus>${status}</StackStatus></member></Stacks>`
          : `<StackResourceSummaries>${members.join('')}</StackResourceSummaries>` +
            (page + 1 < pages.length ? `<NextToken>${page + 1}</NextToken>` : '');
      response.setHeader('content-type', 'text/xml');
      response.end(`<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cloudFormation = new CloudFormationClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  clients = { cloudFormation } as Connection['clients'];
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('what a stack tells', () => {
  it('is of what is there, on every page', async () => {
    status = 'UPDATE_COMPLETE';
    pages = [
      [
        { id: 'there', status: 'UPDATE_COMPLETE' },
        { id: 'deleted', status: 'DELETE_COMPLETE' },
        { id: 'ending', status: 'DELETE_IN_PROGRESS' },
      ],
      [
        { id: 'never-made', status: 'CREATE_FAILED' },
        { id: '', status: 'CREATE_IN_PROGRESS' },
        { id: 'kept', status: 'DELETE_SKIPPED' },
      ],
    ];
    const facts = await factsOfStack(clients, 's');
    expect(facts.map(({ value }) => value)).toEqual(['there', 'kept']);
  });

  it.each(['ROLLBACK_COMPLETE', 'DELETE_COMPLETE'])('is refused where nothing is: %s', async (of) => {
    status = of;
    pages = [[{ id: 'deleted', status: 'DELETE_COMPLETE' }]];
    await expect(factsOfStack(clients, 's')).rejects.toThrow(UsageError);
    await expect(factsOfStack(clients, 's')).rejects.toThrow(`--stack s: it is ${of}`);
  });
});
