import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ListStacksCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestEndpoint, type TestEndpoint } from '../testing/testEndpoint.ts';

let endpoint: TestEndpoint;
let client: CloudFormationClient;
const arn = 'arn:aws:cloudformation:us-east-1:000000000000:stack/shop/local';
const resources = Array.from({ length: 230 }, (_, index) => ({
  logicalId: `Queue${index}`,
  physicalId: `http://127.0.0.1/000000000000/queue-${index}`,
  type: 'AWS::SQS::Queue',
}));
beforeAll(async () => {
  endpoint = await startTestEndpoint();
  client = new CloudFormationClient(endpoint.clientConfig);
  const { stacks } = endpoint.state;
  const createdMs = Date.UTC(2026, 0, 2);
  stacks.add({
    name: 'network',
    arn: `${arn}-net`,
    description: undefined,
    createdMs,
    outputs: [],
    resources,
  });
  stacks.add({
    name: 'shop',
    arn,
    description: 'A shop.',
    createdMs,
    outputs: [{ key: 'Url', value: 'https://shop.example', exportName: 'shop:Url' }],
    resources: resources.slice(0, 2),
  });
});
afterAll(async () => {
  client.destroy();
  await endpoint.close();
});

describe('CloudFormation', () => {
  it('tells of a stack by its name or its ARN, with what it puts out', async () => {
    for (const StackName of ['shop', arn]) {
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
      expect(Stacks).toEqual([
        {
          StackId: arn,
          StackName: 'shop',
          Description: 'A shop.',
          CreationTime: new Date(Date.UTC(2026, 0, 2)),
          StackStatus: 'CREATE_COMPLETE',
          DisableRollback: false,
          Outputs: [{ OutputKey: 'Url', OutputValue: 'https://shop.example', ExportName: 'shop:Url' }],
        },
      ]);
    }
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({}));
    expect(Stacks.map(({ StackName }) => StackName)).toEqual(['network', 'shop']);
  });

  it('lists stacks by their status', async () => {
    const named = async (...StackStatusFilter: ('CREATE_COMPLETE' | 'DELETE_COMPLETE')[]) =>
      (await client.send(new ListStacksCommand({ StackStatusFilter }))).StackSummaries?.map(
        ({ StackName }) => StackName,
      ) ?? [];
    expect(await named('CREATE_COMPLETE', 'DELETE_COMPLETE')).toEqual(['network', 'shop']);
    expect(await named('DELETE_COMPLETE')).toEqual([]);
    expect(await named()).toEqual(['network', 'shop']);
  });

  it('describes a hundred resources of a stack, as it does everywhere, and lists all of them', async () => {
    const StackName = 'network';
    const { StackResources } = await client.send(new DescribeStackResourcesCommand({ StackName }));
    expect(StackResources).toHaveLength(100);
    const listed: unknown[] = [];
    for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName }))
      listed.push(...StackResourceSummaries);
    expect(listed).toMatchObject(
      resources.map(({ logicalId, physicalId, type }) => ({
        LogicalResourceId: logicalId,
        PhysicalResourceId: physicalId,
        ResourceType: type,
        ResourceStatus: 'CREATE_COMPLETE',
      })),
    );
    const one = { StackName, LogicalResourceId: 'Queue150' };
    expect((await client.send(new DescribeStackResourcesCommand(one))).StackResources).toMatchObject([
      { StackName, PhysicalResourceId: resources[150]!.physicalId },
    ]);
  });

  it('refuses a stack and a resource that are not there, and what it does not do, by name', async () => {
    await expect(client.send(new DescribeStacksCommand({ StackName: 'none' }))).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id none does not exist',
    });
    const none = new DescribeStackResourcesCommand({ StackName: 'shop', LogicalResourceId: 'None' });
    await expect(client.send(none)).rejects.toThrow('Resource None does not exist for stack shop');
    await expect(client.send(new DeleteStackCommand({ StackName: 'shop' }))).rejects.toMatchObject({
      name: 'InvalidAction',
      message: expect.stringContaining('"DeleteStack"'),
    });
  });
});
