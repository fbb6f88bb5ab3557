import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pathOf, type ServiceDefinition } from '../fleet/service.ts';
import { readMigrations } from '../service/redshift/migrationFiles.ts';
import {
  bundleModules,
  bundleOptions,
  functionEntries,
  type BundledModule,
  type BundleEntries,
} from './bundle.ts';

const project = fileURLToPath(new URL('..', import.meta.url));

/** What decides beside the functions: the templates with their limits, and what `headroom migrate` does. */
const deployedBy: BundleEntries = {
  templates: join(project, 'infra/cdkApp.ts'),
  migrate: join(project, 'service/redshift/migrate.ts'),
};

/**
 * SHA-256 of all that decides how a system behaves once it is deployed: the service's contract, the functions' code,
 * templates and limits, migrations, and the packages that make templates of them. Not the configuration, which has a hash of its own; and
 * neither comments nor form, documentation nor tests: it is taken from what the sources come to.
 * @param entries the functions' modules; left out: the service's and the stage's
 * @param modules the same as they were bundled, where they have just been
 * @throws BundleError
 */
export function hashRelease(
  service: ServiceDefinition,
  entries: BundleEntries = functionEntries(service),
  modules?: readonly BundledModule[],
): Promise<string> {
  const key = JSON.stringify([service, entries]);
  const known = hashes.get(key) ?? hashOf(service, modules ?? bundleModules(entries));
  hashes.set(key, known);
  return known;
}

/** Of this process, whose own code does not change either. */
const hashes = new Map<string, Promise<string>>();

async function hashOf(
  service: ServiceDefinition,
  modules: readonly BundledModule[] | Promise<readonly BundledModule[]>,
): Promise<string> {
  const [functions, deployment, migrations] = await Promise.all([
    modules,
    build({
      ...bundleOptions(deployedBy),
      packages: 'external',
      outdir: 'deployment',
      write: false,
      metafile: true,
    }),
    readMigrations(pathOf(service, service.migrations)),
  ]);
  const hash = createHash('sha256');
  const add = (name: string, contents: string | Uint8Array): void =>
    void hash.update(`${name} ${contents.length}\n`).update(contents);
  for (const [index, { contents }] of [...functions, ...deployment.outputFiles].entries()) {
    add(`module ${index}`, contents);
  }
  // Wherever the checkout is.
  const { directory: _directory, ...contract } = service;
  add('contract', JSON.stringify(contract));
  for (const { file, statements } of migrations) add(file, JSON.stringify(statements));
  const imports = Object.values(deployment.metafile.outputs).flatMap((output) => output.imports);
  for (const name of packagesOf(imports.map(({ path }) => path))) add(name, await versionOf(name));
  return hash.digest('hex');
}

/** Names of the packages that are imported, sorted: `aws-cdk-lib` of `aws-cdk-lib/aws-lambda`. */
const packagesOf = (imports: readonly string[]): string[] =>
  [
    ...new Set(
      imports
        .filter((path) => !path.startsWith('node:'))
        .map((path) =>
          path
            .split('/')
            .slice(0, path.startsWith('@') ? 2 : 1)
            .join('/'),
        ),
    ),
  ].sort();

async function versionOf(name: string): Promise<string> {
  const paths = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const path of paths) {
    const text = await readFile(join(path, name, 'package.json'), 'utf8').catch(() => undefined);
    if (text !== undefined) return (JSON.parse(text) as { version: string }).version;
  }
  return 'unknown';
}
