import {
  GetParameterCommand,
  GetParametersByPathCommand,
  PutParameterCommand,
  SSMClient,
  paginateGetParametersByPath,
} from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestEndpoint, type TestEndpoint } from '../testing/testEndpoint.ts';

let endpoint: TestEndpoint;
let client: SSMClient;
beforeEach(async () => {
  endpoint = await startTestEndpoint();
  client = new SSMClient(endpoint.clientConfig);
});
afterEach(async () => {
  client.destroy();
  await endpoint.close();
});

async function namesBelow(Path: string, Recursive = false): Promise<string[]> {
  const names: string[] = [];
  for await (const page of paginateGetParametersByPath({ client }, { Path, Recursive })) {
    expect(page.Parameters?.length).toBeLessThanOrEqual(10);
    names.push(...(page.Parameters ?? []).map((parameter) => parameter.Name ?? ''));
  }
  return names;
}

describe('SSM parameters', () => {
  it('lists a path page by page, without its siblings and what lies deeper', async () => {
    const names = Array.from(
      { length: 23 },
      (_, index) => `/headroom/local/s-${String(index).padStart(2, '0')}`,
    );
    for (const name of [...names, '/headroom/local/s-00/deeper', '/headroom/localhost/x']) {
      endpoint.state.parameters.put(name, `{"name":"${name}"}`, { nowMs: 0 });
    }
    expect(await namesBelow('/headroom/local/')).toEqual(names);
    expect(await namesBelow('/headroom/local')).toEqual(names);
    expect(await namesBelow('/headroom/local', true)).toHaveLength(24);
    expect(await namesBelow('/headroom/none')).toEqual([]);
  });

  it('stores a value and its next version, and overwrites only when told to', async () => {
    const put = (Overwrite: boolean) =>
      client.send(new PutParameterCommand({ Name: '/a/b', Value: 'v', Type: 'String', Overwrite }));
    expect((await put(false)).Version).toBe(1);
    await expect(put(false)).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
    expect((await put(true)).Version).toBe(2);
    const { Parameter } = await client.send(new GetParameterCommand({ Name: '/a/b' }));
    expect(Parameter).toMatchObject({ Value: 'v', Version: 2, Type: 'String' });
  });

  it('asks for the type of a new parameter, and keeps it afterwards', async () => {
    const put = (more: object) =>
      client.send(new PutParameterCommand({ Name: '/typed', Value: 'a,b', Overwrite: true, ...more }));
    await expect(put({})).rejects.toMatchObject({ name: 'ValidationException' });
    await put({ Type: 'StringList' });
    await put({});
    const { Parameter } = await client.send(new GetParameterCommand({ Name: '/typed' }));
    expect(Parameter).toMatchObject({ Type: 'StringList', Version: 2 });
  });

  it('holds 4,096 characters, and twice as many in an advanced parameter', async () => {
    const put = (Tier: 'Standard' | 'Advanced', length: number) =>
      client.send(
        new PutParameterCommand({
          Name: '/long',
          Value: 'x'.repeat(length),
          Type: 'String',
          Overwrite: true,
          Tier,
        }),
      );
    expect((await put('Standard', 4_096)).Version).toBe(1);
    expect((await put('Advanced', 8_192)).Version).toBe(2);
    await expect(put('Advanced', 8_193)).rejects.toMatchObject({
      message: expect.stringContaining('at most 8192 characters'),
    });
  });

  it('refuses an unknown name, a long value, and a token of its own invention', async () => {
    await expect(client.send(new GetParameterCommand({ Name: '/none' }))).rejects.toMatchObject({
      name: 'ParameterNotFound',
    });
    await expect(
      client.send(new PutParameterCommand({ Name: '/a', Value: 'x'.repeat(4097), Type: 'String' })),
    ).rejects.toMatchObject({ message: expect.stringContaining('at most 4096 characters') });
    await expect(
      client.send(new GetParametersByPathCommand({ Path: '/a', NextToken: 'invented' })),
    ).rejects.toMatchObject({ name: 'InvalidNextToken' });
  });
});
