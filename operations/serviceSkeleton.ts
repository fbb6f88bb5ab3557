import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { reservedWords } from '../fleet/reservedWords.ts';
import { UsageError } from './errors.ts';
import { movedImports, placeWithin } from './movedImports.ts';

/** The service that a skeleton is made of, from the project's folder. */
const pattern = 'examples/orders';

/** Words that no variable can be named by: reserved ones of ECMAScript's strict code. */
const noVariables: ReadonlySet<string> = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval export extends false
  finally for function if implements import in instanceof interface let new null package private protected public return
  static super switch this throw true try typeof var void while with yield`.split(/\s+/),
);

/**
 * Writes a new service: that of the example, with the folder's name for what it keeps.
 * @param directory absolute; within the project, and not there yet
 * @returns its files, from its folder
 * @throws UsageError when the folder is elsewhere, is there, or has a name that no service can have
 */
export async function writeServiceSkeleton(project: string, directory: string): Promise<string[]> {
  const place = placeWithin(project, directory, 'a service');
  const name = basename(directory);
  if (!/^[a-z][a-z0-9]{2,13}$/.test(name)) {
    throw new UsageError(
      `"${name}" cannot be a service's name: expected 3 to 14 lower-case letters and digits.`,
    );
  }
  if (await stat(directory).catch(() => undefined)) {
    throw new UsageError(`${place} is there already, and is not overwritten: name another folder.`);
  }
  const files = globSync('**/*', { cwd: join(project, pattern), exclude: ['**/*.e2e.test.ts'] })
    .filter((file) => /\.(ts|sql)$/.test(file))
    .sort();
  const texts = await Promise.all(files.map((file) => readFile(join(project, pattern, file), 'utf8')));
  const taken = new Set(texts.flatMap(wordsOf));
  if (taken.has(name) || noVariables.has(name) || reservedWords.has(name)) {
    throw new UsageError(
      `"${name}" cannot be a service's name: expected one that the skeleton, SQL and TypeScript do not use themselves.`,
    );
  }
  const singular = singularOf(name, taken);
  const written: string[] = [];
  for (const [index, file] of files.entries()) {
    const renamed = rename(file, name, singular);
    const target = join(directory, renamed);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, rename(movedImports(texts[index]!, project, dirname(target)), name, singular));
    written.push(renamed);
  }
  // Other names have other lengths, and with them other lines.
  await promisify(execFile)(
    join(project, 'node_modules/.bin/oxfmt'),
    ['--no-error-on-unmatched-pattern', directory],
    {
      cwd: project,
    },
  );
  return written;
}

/** Words of a file's code; those in its comments and texts name nothing. */
const wordsOf = (text: string): string[] =>
  text.replaceAll(/\/\*.*?\*\/|(?:\/\/|--)[^\n]*|'[^'\n]*'|"[^"\n]*"/gs, '').match(/\w+/g) ?? [];

/** `invoice` of `invoices`; of `billing` a `billingItem`, as of `clients`, where the code has a `client` already. */
function singularOf(name: string, taken: ReadonlySet<string>): string {
  const short = name.slice(0, -1);
  const isFree = !['', 'Id', 'Schema'].some((end) => taken.has(`${short}${end}`)) && !noVariables.has(short);
  return name.endsWith('s') && isFree ? short : `${name}Item`;
}

/** `invoices` for `orders`, `Invoice` for `Order`; in one go, since a new name may have an old one in it. */
function rename(text: string, name: string, singular: string): string {
  const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
  return text.replaceAll(/(o|O)rder(s?)/g, (_, first: string, plural: string) => {
    const word = plural ? name : singular;
    return first === 'o' ? word : capital(word);
  });
}
