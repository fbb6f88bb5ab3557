/** Members of k6's modules that wait for nothing, or by a promise. */
const harmless: Readonly<Record<string, ReadonlySet<string>>> = {
  k6: new Set(['check', 'fail', 'group', 'randomSeed']),
  'k6/http': new Set([
    'asyncRequest',
    'CookieJar',
    'cookieJar',
    'expectedStatuses',
    'file',
    'FileData',
    'setResponseCallback',
    'url',
  ]),
};

/**
 * Whether a bundled script may call what waits until there is an answer, or for a time: `http.get`, `sleep`. Only
 * what is seen to call none is said to: a module that is passed on, renamed or taken apart may be called by any name.
 * @param text of `bundleScript`: modules of k6 are bound as esbuild does it, `var name = require("k6/http")`
 */
export function mayBlock(text: string): boolean {
  for (const [module, members] of Object.entries(harmless)) {
    const requires = text.match(new RegExp(`require\\("${module}"\\)`, 'g'))?.length ?? 0;
    const bound = [
      ...text.matchAll(new RegExp(`var ([\\w$]+) = (?:__toESM\\()?require\\("${module}"\\)`, 'g')),
    ];
    if (bound.length < requires) return true;
    for (const [declaration, name = ''] of bound) {
      const rest = text.replaceAll(declaration, '');
      const uses = rest.matchAll(
        new RegExp(
          `(?<![\\w$.])${name.replaceAll('$', '\\$')}(?![\\w$])(?:\\.default)?(?:\\.([\\w$]+))?`,
          'g',
        ),
      );
      for (const [, member] of uses) if (member === undefined || !members.has(member)) return true;
    }
  }
  return false;
}
