import { relative } from 'node:path';
import { UsageError } from './errors.ts';

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

/**
 * A path from the project's folder, of what imports the toolkit's rooms.
 * @param path absolute
 * @param what for people: `a service`
 * @throws UsageError when it is not within the project, or the project itself
 */
export function placeWithin(project: string, path: string, what: string): string {
  const place = relative(project, path);
  if (place === '') {
    throw new UsageError(`${path} is the project itself: name a place of its own within it for ${what}.`);
  }
  if (!place.startsWith('..')) return place;
  throw new UsageError(`${path} is not within ${project}: ${what} imports the toolkit by its place in it.`);
}
