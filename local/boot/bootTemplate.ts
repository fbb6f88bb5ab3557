import { join } from 'node:path';
import { TemplateError } from '../errors.ts';
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
  {
    assemblies,
    aws,
    postgres,
  }: {
    /** The fleet's own first: its documents say what the others' databases take. */
    assemblies: readonly Assembly[];
    aws: OpenAws;
    postgres: PostgresServer;
  },
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
  refuseSameStacks(assemblies);
  let booted = 0;
  for (const assembly of assemblies) {
    const { resources } = await bootResources(assembly, platform.context);
    booted += resources;
  }
  boot.reached(`${booted} resources booted`);
  return platform;
}

/** @throws TemplateError */
function refuseSameStacks(assemblies: readonly Assembly[]): void {
  const names = assemblies.flatMap(({ stacks }) => stacks.map(({ name }) => name));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new TemplateError(twice, 'two apps have a stack of this name; an account has one');
}
