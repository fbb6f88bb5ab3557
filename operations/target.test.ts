import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemDocumentName } from '../fleet/systemDocument.ts';
import { documentOf } from '../fleet/testing/systemDocument.ts';
import { startTestEndpoint, type TestEndpoint } from '../local/aws/testing/testEndpoint.ts';
import { findSystems } from './target.ts';

let endpoint: TestEndpoint;
let ssm: SSMClient;
beforeEach(async () => {
  endpoint = await startTestEndpoint();
  ssm = new SSMClient(endpoint.clientConfig);
  const documents = { broken: '{', orders: document('orders'), returns: document('returns') };
  for (const [system, Value] of Object.entries(documents)) {
    await ssm.send(
      new PutParameterCommand({ Name: systemDocumentName('qa', system), Value, Type: 'String' }),
    );
  }
  return () => endpoint.close();
});

const document = (system: string): string => JSON.stringify(documentOf(system, 'https://api.example'));
const namesOf = async (...[names, onUnreadable]: [string[], ((error: Error) => void)?]) =>
  (await findSystems({ ssm }, 'qa', names, onUnreadable)).map(({ system }) => system);

describe('findSystems', () => {
  it('refuses the whole stage where a document cannot be read, and not systems that have nothing to do with it', async () => {
    await expect(namesOf([])).rejects.toThrow('/headroom/qa/broken: not JSON');
    await expect(namesOf(['broken', 'orders'])).rejects.toThrow('/headroom/qa/broken: not JSON');
    expect(await namesOf(['returns'])).toEqual(['returns']);
  });

  it('leaves it out for those who go on without, and tells them', async () => {
    const told: string[] = [];
    expect(await namesOf([], ({ message }) => told.push(message))).toEqual(['orders', 'returns']);
    expect(told).toEqual([expect.stringContaining('/headroom/qa/broken: not JSON')]);
  });

  it('names what there is when one is not there', async () => {
    await expect(namesOf(['orders', 'nobody'])).rejects.toThrow(
      'no system "nobody" in stage "qa"; expected one of broken, orders, returns',
    );
  });
});
