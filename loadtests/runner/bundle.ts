import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { ScriptError } from '../errors.ts';

/**
 * The script and the files it imports as one CommonJS text, with k6's modules left to `require`. Types are
 * stripped, as k6 itself does, and `__VU`, `__ITER` and `__ENV` become members of `__k6`, which every virtual
 * user has of its own.
 * @throws ScriptError for a syntax error, or for an import that k6 would not find either.
 */
export async function bundleScript(path: string): Promise<string> {
  try {
    const result = await build({
      entryPoints: [path],
      bundle: true,
      write: false,
      format: 'cjs',
      platform: 'neutral',
      target: 'es2022',
      logLevel: 'silent',
      define: { __VU: '__k6.vu', __ITER: '__k6.iteration', __ENV: '__k6.env' },
      plugins: [k6Resolution],
    });
    return result.outputFiles[0]?.text ?? '';
  } catch (error) {
    const messages = (
      error as { errors?: { text: string; location?: { file: string; line: number } | null }[] }
    ).errors;
    const first = messages?.[0];
    const where = first?.location ? `${first.location.file}:${first.location.line}: ` : '';
    throw new ScriptError(path, first ? where + first.text : String(error), { cause: error });
  }
}

// k6 takes `k6` and `k6/…`, and files by their full relative name; it knows no node_modules.
const k6Resolution: Plugin = {
  name: 'k6-resolution',
  setup(plugin) {
    plugin.onResolve({ filter: /.*/ }, ({ path, kind, resolveDir, importer }) => {
      if (kind === 'entry-point') return null;
      if (/^k6(\/|$)/.test(path)) return { path, external: true };
      const file = resolve(resolveDir === '' ? dirname(importer) : resolveDir, path);
      if (/^\.{0,2}\//.test(path) && existsSync(file)) return { path: file };
      return {
        errors: [
          { text: `cannot load "${path}": expected k6, k6/… or an existing file by its relative name` },
        ],
      };
    });
  },
};
