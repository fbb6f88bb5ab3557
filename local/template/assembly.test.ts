import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAssembly } from './assembly.ts';

describe('readAssembly', () => {
  let directory: string;
  beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), 'headroom-assembly-'))));
  afterEach(() => rm(directory, { recursive: true }));

  const write = (name: string, content: unknown): Promise<void> =>
    writeFile(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
  const stack = (id: string, dependencies: string[] = []) => ({
    type: 'aws:cloudformation:stack',
    dependencies,
    properties: { templateFile: `${id}.template.json`, stackName: `named-${id}` },
  });

  it('orders stacks by their dependencies and finds code by bucket and key', async () => {
    await write('manifest.json', {
      artifacts: {
        system: stack('system', ['network', 'system.assets']),
        network: stack('network'),
        'system.assets': { type: 'cdk:asset-manifest', properties: { file: 'system.assets.json' } },
        Tree: { type: 'cdk:tree' },
      },
    });
    await write('network.template.json', { Resources: { Key: { Type: 'AWS::KMS::Key' } } });
    await write('system.template.json', { Resources: {} });
    await write('system.assets.json', {
      files: {
        abc: {
          source: { path: 'asset.abc', packaging: 'zip' },
          destinations: { here: { bucketName: 'bucket', objectKey: 'abc.zip' } },
        },
        template: {
          source: { path: 'system.template.json', packaging: 'file' },
          destinations: { here: { bucketName: 'bucket', objectKey: 'template.json' } },
        },
      },
    });
    const assembly = await readAssembly(directory);

    expect(assembly.stacks.map(({ name }) => name)).toEqual(['named-network', 'named-system']);
    expect(assembly.stacks[0]?.template.Resources['Key']).toMatchObject({ Properties: {}, DependsOn: [] });
    expect(assembly.codeDirectory('bucket', 'abc.zip')).toBe(join(directory, 'asset.abc'));
    expect(assembly.codeDirectory('bucket', 'template.json')).toBeUndefined();
  });

  it.each([
    ['is missing', undefined, 'manifest.json'],
    ['is no JSON', '{', 'manifest.json'],
    ['has another shape', { artifacts: [] }, 'artifacts'],
    ['holds nested assemblies', { artifacts: { inner: { type: 'cdk:cloud-assembly' } } }, 'inner'],
  ])('says so when the manifest %s', async (_case, content, message) => {
    if (content !== undefined) await write('manifest.json', content);
    await expect(readAssembly(directory)).rejects.toThrow(message);
  });
});
