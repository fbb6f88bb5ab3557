import { mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import { pathOf, type ServiceDefinition } from '../fleet/service.ts';
import { BundleError } from './errors.ts';
import { requiredBuiltins } from './requiredBuiltins.ts';

/** Functions by the name of their bundled module: `api` becomes `api.mjs`, with the handler `api.handler`. */
export type BundleEntries = Readonly<Record<string, string>>;

const source = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The functions of a stage. */
const stageEntries = {
  probe: source('monitoring/probe/handler.ts'),
  canary: source('monitoring/canary/handler.ts'),
  comparison: source('monitoring/comparison/handler.ts'),
} as const;

/** The functions of every system and of the stage. */
export type FunctionEntry = keyof typeof stageEntries | keyof ServiceDefinition['entries'];

/** Where they are, when the systems run this service. */
export const functionEntries = (service: ServiceDefinition): Record<FunctionEntry, string> => ({
  api: pathOf(service, service.entries.api),
  subscriber: pathOf(service, service.entries.subscriber),
  ...stageEntries,
});

/** A bundled module: that of a function, or what several of them import. */
export interface BundledModule {
  /** `api.mjs`, `dist-es-WRI4OTHW.mjs` */
  fileName: string;
  contents: Uint8Array;
}

/**
 * Bundles the functions' modules. The same sources give the same bytes, so that the hash of the asset changes only with
 * the code.
 *
 * The AWS SDK is part of them, as AWS recommends: what runs is the version that was tested, and a cold start does not read
 * the hundred files of the runtime's copy.
 * @throws BundleError naming the entry that is missing, or what esbuild could not resolve or parse.
 */
export async function bundleModules(entries: BundleEntries): Promise<BundledModule[]> {
  for (const [name, path] of Object.entries(entries)) {
    if (!(await stat(path).catch(() => undefined))?.isFile())
      throw new BundleError(`${name}: no file ${path}`);
  }
  try {
    const { outputFiles } = await build({ ...bundleOptions(entries), outdir: 'functions', write: false });
    return outputFiles.map(({ path, contents }) => ({ fileName: basename(path), contents }));
  } catch (error) {
    throw new BundleError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/**
 * The same, in one directory: the asset that all functions of all systems share.
 * @throws BundleError as above
 */
export const bundleFunctions = async (outputDirectory: string, entries: BundleEntries): Promise<void> =>
  writeModules(outputDirectory, await bundleModules(entries));

/** Writes what was bundled into one directory. */
export async function writeModules(
  outputDirectory: string,
  modules: readonly BundledModule[],
): Promise<void> {
  await mkdir(outputDirectory, { recursive: true });
  for (const { fileName, contents } of modules) await writeFile(join(outputDirectory, fileName), contents);
}

/** How the functions are bundled: the same sources give the same bytes. */
export const bundleOptions = (entries: BundleEntries) =>
  ({
    entryPoints: { ...entries },
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What functions share, and what is loaded when it is needed, is in files of its own.
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minify: true,
    sourcemap: false,
    legalComments: 'none',
    // The SDK's ES modules, of which what is not used is left out.
    mainFields: ['module', 'main'],
    // pg-native is an optional peer of pg that is not installed; pg falls back without it.
    external: ['pg-native'],
    plugins: [requiredBuiltins],
    // CommonJS dependencies, and Node's own modules, are loaded by require() inside an ES module too.
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    logLevel: 'silent',
  }) as const satisfies BuildOptions;
