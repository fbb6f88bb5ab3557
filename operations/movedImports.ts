import { relative } from 'node:path';

/** The toolkit's rooms that a service or a configuration imports from, by their place in the project. */
const importsOf = /(['"])(?:\.\.\/)+((?:core|fleet|service|loadtests)\/)/g;

/**
 * A text of `examples/` as it must be in another folder: its imports of the toolkit's rooms lead there from it.
 * @param project the project's folder, absolute
 * @param folder where the text will be, absolute, within the project
 */
export function movedImports(text: string, project: string, folder: string): string {
  const path = relative(folder, project) || '.';
  return text.replace(importsOf, (_, quote: string, rest: string) => `${quote}${path}/${rest}`);
}
