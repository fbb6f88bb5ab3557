import type { Plugin } from 'esbuild';
import { builtinModules } from 'node:module';

/** `path` and `node:path` alike. */
const anyBuiltin = new RegExp(`^(node:)?(${builtinModules.join('|')})$`);

/**
 * Loads Node's own modules by `require` where code imports them. An import reads every export of a module, and
 * those of `node:http` that Node defers load its whole `fetch`, 20 to 30 ms of a cold start; what only a package's seldom
 * used parts need is not loaded at all.
 */
export const requiredBuiltins: Plugin = {
  name: 'required-builtins',
  setup(build) {
    build.onResolve({ filter: anyBuiltin }, ({ path, kind }) =>
      kind === 'import-statement' || kind === 'dynamic-import'
        ? { path: path.replace(/^node:/, ''), namespace: 'builtin' }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require('node:${path}');`,
    }));
  },
};
