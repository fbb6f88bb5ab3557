import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../core/clock.ts';
import { testCredentials } from '../../api/testing/signedFetch.ts';
import { startAwsEndpoint } from '../../aws/endpoint.ts';
import { createAwsState, type AwsState } from '../../aws/state.ts';
import { startTestPostgres } from '../../postgres/testing/testPostgres.ts';
import type { PostgresServer } from '../../postgres/server.ts';
import { readAssembly } from '../../template/assembly.ts';
import { bootResources, type BootReport } from '../bootResources.ts';
import { startPlatform, type Platform } from '../platform.ts';

export interface TestStage {
  platform: Platform;
  state: AwsState;
  postgres: PostgresServer;
  /** Options of an SDK client that reaches the stage. */
  clientOptions: { endpoint: string; region: string; credentials: typeof testCredentials };
  /** What the platform reported as going wrong. */
  errors: unknown[];
  /** Boots templates, given by stack name; the code of every function is `code`. */
  boot(templates: Record<string, unknown>): Promise<BootReport>;
  close(): Promise<void>;
}

/** Where the templates of a test find their code. */
export const testCode = { S3Bucket: 'assets', S3Key: 'code.zip' };

/** A whole platform over a PostgreSQL server and an AWS endpoint, without any resource yet. */
export async function startTestStage(code: string): Promise<TestStage> {
  const account = { region: 'us-east-1', accountId: '000000000000' };
  const directory = await mkdtemp(join(tmpdir(), 'headroom-stage-'));
  await mkdir(join(directory, 'code'));
  await writeFile(join(directory, 'code', 'index.mjs'), code);
  const postgres = await startTestPostgres(30);
  const state = createAwsState({ ...account, clock: systemClock });
  const shared = { ...account, credentials: testCredentials, state, clock: systemClock };
  const endpoint = await startAwsEndpoint({ ...shared, host: '127.0.0.1', port: 0 });
  const errors: unknown[] = [];
  const platform = await startPlatform({
    ...shared,
    random: () => 0.5,
    periodSeconds: 1,
    apiPort: 0,
    endpointUrl: endpoint.url,
    postgres,
    onError: (error) => errors.push(error),
  });
  return {
    platform,
    state,
    postgres,
    errors,
    clientOptions: { endpoint: endpoint.url, region: account.region, credentials: testCredentials },
    boot: async (templates) => {
      await writeAssembly(directory, templates);
      return bootResources(await readAssembly(directory), platform.context);
    },
    close: async () => {
      await platform.close();
      await endpoint.close();
      await postgres.stop();
      await rm(directory, { recursive: true });
    },
  };
}

/** Each stack depends on those written before it. */
async function writeAssembly(directory: string, templates: Record<string, unknown>): Promise<void> {
  const names = Object.keys(templates);
  const artifacts = Object.fromEntries(
    names.map((name, index) => [
      name,
      {
        type: 'aws:cloudformation:stack',
        dependencies: names.slice(0, index),
        properties: { templateFile: `${name}.json` },
      },
    ]),
  );
  const assets = { type: 'cdk:asset-manifest', properties: { file: 'assets.json' } };
  const write = (name: string, content: unknown): Promise<void> =>
    writeFile(join(directory, name), JSON.stringify(content));
  await write('manifest.json', { artifacts: { ...artifacts, assets } });
  await write('assets.json', {
    files: {
      code: {
        source: { path: 'code', packaging: 'zip' },
        destinations: { here: { bucketName: testCode.S3Bucket, objectKey: testCode.S3Key } },
      },
    },
  });
  for (const [name, template] of Object.entries(templates)) await write(`${name}.json`, template);
}
