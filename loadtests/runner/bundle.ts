import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { ScriptError, UnsupportedError } from '../errors.ts';

/**
 * The script and the files it imports as one CommonJS text, with k6's modules left to `require`. Types are
 * stripped, as k6 itself does, and `__VU`, `__ITER` and `__ENV` become members of `__k6`, which every virtual
 * user has of its own.
 * @throws ScriptError for a syntax error, or for an import that k6 would not find either.
 * @throws UnsupportedError for a remote module
 */
export const bundleScript = (path: string): Promise<string> =>
  bundle(path, {
    entryPoints: [path],
    format: 'cjs',
    define: { __VU: '__k6.vu', __ITER: '__k6.iteration', __ENV: '__k6.env' },
  });

/**
 * The script of a profile and the files it imports as one file, which any k6 runs: before its first iteration it waits
 * for the other instances and takes its role (`k6/lib/exported.ts`).
 * @param functions names of the exported ones that iterations run
 * @param banner comment lines, first in the file
 * @throws ScriptError
 */
export const bundleForK6 = (path: string, functions: readonly string[], banner: string): Promise<string> => {
  const runs = functions.map((name) => {
    const head = name === 'default' ? 'export default async function' : `export async function ${name}`;
    return `${head} (ready) { use(ready); await profile.${name}(); }`;
  });
  const lines = [
    `import * as profile from ${JSON.stringify(path)};`,
    `import { setup, use } from ${JSON.stringify(exportedPath)};`,
    "export const options = { ...profile.options, setupTimeout: '1h' };",
    'export { setup };',
    ...runs,
  ];
  return bundle(path, {
    stdin: { contents: lines.join('\n'), sourcefile: 'exported.ts', resolveDir: dirname(path) },
    format: 'esm',
    banner: { js: banner },
  });
};

const exportedPath = fileURLToPath(new URL('../k6/lib/exported.ts', import.meta.url));

async function bundle(path: string, options: BuildOptions): Promise<string> {
  try {
    const result = await build({
      ...options,
      bundle: true,
      write: false,
      platform: 'neutral',
      target: 'es2022',
      logLevel: 'silent',
      plugins: [k6Resolution],
    });
    return result.outputFiles[0]?.text ?? '';
  } catch (error) {
    const { errors: messages } = error as {
      errors?: { text: string; detail?: unknown; location?: { file: string; line: number } | null }[];
    };
    const first = messages?.[0];
    const where = first?.location ? `${first.location.file}:${first.location.line}: ` : '';
    if (first?.detail === remote) throw new UnsupportedError(`${where}${first.text}`, insteadOfRemote);
    throw new ScriptError(path, first ? where + first.text : String(error), { cause: error });
  }
}

/** Marks an import of what lies elsewhere: k6 has it, and a script that is to run without k6 cannot. */
const remote = 'remote';
const insteadOfRemote = 'download it and import it by its relative name, or run the script with k6';

// k6 takes `k6` and `k6/…`, and files by their full relative name; it knows no node_modules.
const k6Resolution: Plugin = {
  name: 'k6-resolution',
  setup(plugin) {
    plugin.onResolve({ filter: /.*/ }, ({ path, kind, resolveDir, importer }) => {
      if (kind === 'entry-point') return null;
      if (/^k6(\/|$)/.test(path)) return { path, external: true };
      const file = resolve(resolveDir === '' ? dirname(importer) : resolveDir, path);
      if (/^\.{0,2}\//.test(path) && existsSync(file)) return { path: file };
      if (/^https?:/.test(path)) return { errors: [{ text: `remote module "${path}"`, detail: remote }] };
      return {
        errors: [
          { text: `cannot load "${path}": expected k6, k6/… or an existing file by its relative name` },
        ],
      };
    });
  },
};
