import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MigrationError } from '../errors.ts';

/** A numbered file of SQL. */
export interface Migration {
  /** 1, 2, 3 and so on, without a gap. */
  version: number;
  /** `0001_what_it_does.sql` */
  file: string;
  statements: string[];
  /** SHA-256 of the file, hexadecimal. */
  checksum: string;
}

/**
 * Reads a directory of migrations, in order.
 * @throws MigrationError when a name or a number is not what is expected
 */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const files = (await readdir(directory)).sort();
  return Promise.all(
    files.map(async (file, index) => {
      const version = Number(/^(\d{4})_[a-z0-9_]+\.sql$/.exec(file)?.[1]);
      if (version !== index + 1) {
        throw new MigrationError(
          'migrationInvalid',
          file,
          `expected a name such as ${String(index + 1).padStart(4, '0')}_what_it_does.sql; numbers follow one another`,
        );
      }
      const text = await readFile(join(directory, file), 'utf8');
      const checksum = createHash('sha256').update(text).digest('hex');
      return { version, file, statements: statementsOf(file, text), checksum };
    }),
  );
}

/** The statements of a file: each ends with a semicolon at the end of a line; comments have lines of their own. */
function statementsOf(file: string, text: string): string[] {
  const code = text.replaceAll(/^\s*--.*$/gm, '');
  const pieces = code.split(/;[ \t]*$/m).map((piece) => piece.trim());
  if (pieces.pop() !== '') {
    throw new MigrationError('migrationInvalid', file, 'expected its last statement to end with a semicolon');
  }
  return pieces;
}
