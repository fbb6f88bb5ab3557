import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { lookUp } from '../../service/load.ts';
import type { BenchStage } from './benchStage.ts';

/** The newest that runs without a log-in: serverless 4 asks for one. */
const packages = ['serverless@3.40.0', 'serverless-offline@13.9.0'];

/** Installs it in a directory of its own; it is no dependency of the project. */
export async function installServerlessOffline(directory: string): Promise<void> {
  if (existsSync(join(directory, 'node_modules', 'serverless-offline'))) return;
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'package.json'), '{ "private": true }\n');
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...packages], {
    cwd: directory,
  });
}

/** Serves the stage's own handler, from its bundle, with the stage's database. */
export async function startServerlessOffline(
  directory: string,
  stage: BenchStage,
  {
    port,
    lambdaPort,
    inProcess,
    assemblyDirectory,
  }: { port: number; lambdaPort: number; inProcess: boolean; assemblyDirectory: string },
): Promise<{ pid: number; stop: () => Promise<void> }> {
  const handler = join(directory, 'handler');
  await rm(handler, { recursive: true, force: true });
  await mkdir(handler);
  await cp(await apiBundle(assemblyDirectory), join(handler, 'api.mjs'));
  await symlink(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(handler, 'node_modules'));
  const environment = {
    ...stage.environment,
    HEADROOM_STAGE: 'local',
    HEADROOM_SYSTEM: stage.system.system,
    DATABASE_HOST: stage.database.host,
    DATABASE_PORT: String(stage.database.port),
    DATABASE_NAME: stage.database.name,
    DATABASE_SECRET_ARN: stage.system.cluster.apiSecretArn,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    METRICS_PERIOD_SECONDS: '60',
  };
  await writeFile(
    join(directory, 'serverless.yml'),
    JSON.stringify({
      service: 'bench',
      frameworkVersion: '3',
      configValidationMode: 'off',
      provider: { name: 'aws', runtime: 'nodejs20.x', memorySize: 256, timeout: 5, environment },
      plugins: ['serverless-offline'],
      custom: {
        'serverless-offline': {
          host: '127.0.0.1',
          httpPort: port,
          lambdaPort,
          noPrependStageInUrl: true,
          useInProcess: inProcess,
        },
      },
      functions: {
        api: {
          handler: 'handler/api.handler',
          events: [{ http: { path: lookUp(1).path.slice(1), method: 'get' } }],
        },
      },
    }),
  );
  const child = spawn(
    process.execPath,
    [join('node_modules', 'serverless', 'bin', 'serverless.js'), 'offline', 'start'],
    {
      cwd: directory,
      env: {
        ...process.env,
        ...environment,
        SLS_TELEMETRY_DISABLED: '1',
        SLS_NOTIFICATIONS_MODE: 'off',
        CI: '1',
      },
      stdio: ['ignore', 'ignore', 'ignore'],
    },
  );
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** The bundle of the API's function in the assembly that the stage booted from. */
async function apiBundle(assemblyDirectory: string): Promise<string> {
  for (const entry of await readdir(assemblyDirectory)) {
    const path = join(assemblyDirectory, entry, 'api.mjs');
    if (existsSync(path)) return path;
  }
  throw new Error(`no bundle of the API's function in ${assemblyDirectory}`);
}
