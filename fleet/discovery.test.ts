import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestEndpoint, type TestEndpoint } from '../local/aws/testing/testEndpoint.ts';
import { discoverSystems, readDocuments } from './discovery.ts';
import { documentParts, partsMissing, systemDocumentName } from './systemDocument.ts';
import { documentOf } from './testing/systemDocument.ts';

let endpoint: TestEndpoint;
let client: SSMClient;
beforeAll(async () => {
  endpoint = await startTestEndpoint();
  client = new SSMClient(endpoint.clientConfig);
});
afterAll(() => endpoint.close());

const publish = (system: string, Value: string) =>
  client.send(
    new PutParameterCommand({
      Name: systemDocumentName('qa', system),
      Value,
      Type: 'String',
      Overwrite: true,
    }),
  );
const example = (system: string): string => JSON.stringify(documentOf(system, 'https://api.example'));

it('finds every system over all pages, in order, and is stopped by nothing that it cannot read', async () => {
  await expect(readDocuments(client, 'qa')).rejects.toThrow('no system is published under /headroom/qa/');
  const names = Array.from({ length: 23 }, (_, index) => `s${String(index).padStart(2, '0')}`);
  for (const name of names.toReversed()) await publish(name, example(name));
  expect((await discoverSystems(client, 'qa')).map(({ system }) => system)).toEqual(names);

  await publish('s05', '{');
  await publish('s07', '{"schemaVersion":2}');
  // A document that would stand in another system's place.
  await publish('s09', example('s10'));
  const { systems, unreadable } = await readDocuments(client, 'qa');
  expect(systems.map(({ system }) => system)).toEqual(
    names.filter((name) => !['s05', 's07', 's09'].includes(name)),
  );
  expect(unreadable.map(({ system, message }) => [system, message])).toEqual([
    ['s05', expect.stringMatching(/^SSM parameter \/headroom\/qa\/s05: not JSON: /)],
    ['s07', expect.stringMatching(/^SSM parameter \/headroom\/qa\/s07: schemaVersion: /)],
    ['s09', 'SSM parameter /headroom/qa/s09: it says that it is system "s10" of stage "qa"'],
  ]);
  // Whoever changes or judges the whole does not begin.
  await expect(discoverSystems(client, 'qa')).rejects.toThrow('/headroom/qa/s05: not JSON');
});

it('reads what a system has, and says by name what it lacks to whom needs it', async () => {
  const { queues: _queues, topicArn: _topic, ...rest } = documentOf('bare', 'https://api.example', 'prod');
  await client.send(
    new PutParameterCommand({
      Name: systemDocumentName('prod', 'bare'),
      Value: JSON.stringify(rest),
      Type: 'String',
    }),
  );
  const { systems, unreadable } = await readDocuments(client, 'prod');
  expect(systems).toEqual([rest]);
  expect(unreadable).toEqual([]);
  expect(partsMissing(systems[0]!, documentParts)).toEqual([
    'topicArn',
    'queues.subscriber',
    'queues.deadLetter',
    'queues.undelivered',
  ]);
  await expect(discoverSystems(client, 'prod')).rejects.toThrow(
    'SSM parameter /headroom/prod/bare: it has no adopt.topicArn, adopt.queues.subscriber, adopt.queues.deadLetter, adopt.queues.undelivered, without which this is not possible',
  );
});
