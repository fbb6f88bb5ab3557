import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { beforeEach, expect, it } from 'vitest';
import { chooseSystems } from '../chaos/scope.ts';
import { systemDocumentName } from '../fleet/systemDocument.ts';
import { documentOf } from '../fleet/testing/systemDocument.ts';
import { startTestEndpoint, type TestEndpoint } from '../local/aws/testing/testEndpoint.ts';
import { findDrilled } from './findDrilled.ts';

const all = Array.from({ length: 20 }, (_, index) => `system-${String(index + 1).padStart(2, '0')}`);

let endpoint: TestEndpoint;
let ssm: SSMClient;
const publish = (system: string, Value: string) =>
  ssm.send(
    new PutParameterCommand({
      Name: systemDocumentName('qa', system),
      Value,
      Type: 'String',
      Overwrite: true,
    }),
  );

beforeEach(async () => {
  endpoint = await startTestEndpoint();
  ssm = new SSMClient(endpoint.clientConfig);
  for (const system of all) {
    await publish(system, JSON.stringify(documentOf(system, 'https://api.example')));
  }
  return () => endpoint.close();
});

it('drills all, the named ones, or a share of all', async () => {
  const found = async (names: string[], share: { percent: number; seed: string } | null = null) => {
    const { systems, scope } = await findDrilled({ ssm }, 'qa', { names, share });
    expect(scope).toEqual({ stageSystems: 20, share });
    return systems.map(({ system }) => system);
  };
  expect(await found([])).toEqual(all);
  expect(await found(['system-07'])).toEqual(['system-07']);
  const share = { percent: 10, seed: 'a night' };
  expect(await found([], share)).toEqual(chooseSystems(all, share));
  expect(await found([], share)).toHaveLength(2);
});

it('counts a system whose document cannot be read, and minds it only where it is chosen', async () => {
  const share = { percent: 10, seed: 'a night' };
  const chosen = chooseSystems(all, share);
  await publish(
    all.find((system) => !chosen.includes(system))!,
    '{',
  );
  const { systems, scope } = await findDrilled({ ssm }, 'qa', { names: [], share });
  expect([systems.map(({ system }) => system), scope.stageSystems]).toEqual([chosen, 20]);
  await publish(chosen[0]!, '{');
  await expect(findDrilled({ ssm }, 'qa', { names: [], share })).rejects.toThrow(chosen[0]);
});
