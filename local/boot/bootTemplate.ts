import { join } from 'node:path';
import type { PostgresServer } from '../postgres/server.ts';
import { bootResources } from '../resources/bootResources.ts';
import { startPlatform, type Platform } from '../resources/platform.ts';
import type { Assembly } from '../template/assembly.ts';
import type { OpenAws } from './openAws.ts';
import type { StageBoot } from './stageBoot.ts';

/**
 * Brings the templates' resources to life. Queues are polled and schedules run from the platform's `start()` on:
 * the databases have no schema yet.
 * @throws TemplateError naming what this stage cannot do.
 */
export async function bootTemplate(
  boot: StageBoot,
  { assembly, aws, postgres }: { assembly: Assembly; aws: OpenAws; postgres: PostgresServer },
): Promise<Platform> {
  const { fleet, config, clock, random, directory, stateDirectory, undo, onError } = boot;
  const platform = await startPlatform({
    ...aws,
    clock,
    random,
    accountConcurrency: fleet.accountConcurrency,
    periodSeconds: config.periodSeconds,
    apiPort: 0,
    postgres,
    logDirectory: join(directory, 'logs'),
    compileCacheDirectory: join(stateDirectory, 'cache', 'compiled'),
    onError,
  });
  undo.push(() => platform.close());
  const { resources } = await bootResources(assembly, platform.context);
  boot.reached(`${resources} resources booted`);
  return platform;
}
