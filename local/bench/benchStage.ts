import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { SSMClient } from '@aws-sdk/client-ssm';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { discoverSystems } from '../../fleet/discovery.ts';
import type { SystemDocument } from '../../fleet/systemDocument.ts';
import { systemClock } from '../../core/clock.ts';
import { runSql } from '../../service/redshift/dataApi.ts';
import { environmentOf, requireRunningStage } from '../stageFile.ts';

export interface BenchStage {
  pid: number;
  /** The first of its systems. */
  system: SystemDocument;
  systems: SystemDocument[];
  /** For SDK clients. */
  connection: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  /** How to reach the stage's AWS services. */
  environment: Record<string, string>;
  /** The first system's database itself, without the proxy before it, and the API's user. */
  database: { host: string; port: number; name: string; user: string; password: string };
  stop(): Promise<void>;
}

/** Boots the stage in a process of its own, as a user does. @param configUrl of its configuration */
export async function startBenchStage(
  stateDirectory: string,
  configUrl = new URL('./fleet.config.ts', import.meta.url),
): Promise<BenchStage> {
  const child = spawn(
    process.execPath,
    [
      fileURLToPath(new URL('../../bin/headroom.ts', import.meta.url)),
      'up',
      '--config',
      fileURLToPath(configUrl),
    ],
    {
      env: { ...process.env, HEADROOM_STATE_DIRECTORY: stateDirectory },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the stage ended with ${String(code)}`);
    }),
  ]);
  const file = await requireRunningStage(stateDirectory, 'local');
  const config = { endpoint: file.endpointUrl, region: file.region, credentials: file.credentials };
  const systems = await discoverSystems(new SSMClient(config), 'local');
  const [system] = systems;
  if (!system) throw new Error('the stage has no system');
  const { SecretString = '' } = await new SecretsManagerClient(config).send(
    new GetSecretValueCommand({ SecretId: system.cluster.apiSecretArn }),
  );
  const { username, password } = JSON.parse(SecretString) as { username: string; password: string };
  const [row] = await runSql(
    {
      client: new RedshiftDataClient(config),
      cluster: { ...system.cluster, secretArn: system.cluster.adminSecretArn },
      clock: systemClock,
    },
    'SELECT inet_server_port() AS port',
  );
  return {
    pid: child.pid ?? 0,
    system,
    systems,
    connection: config,
    environment: environmentOf(file),
    database: {
      host: '127.0.0.1',
      port: Number(row?.['port']),
      name: system.cluster.database,
      user: username,
      password,
    },
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}
