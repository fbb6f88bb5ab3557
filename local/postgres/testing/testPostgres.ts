import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type PostgresOptions, type PostgresServer } from '../server.ts';

/** Kept between test runs: initdb takes a second. */
export const testCacheDirectory = join(tmpdir(), 'headroom-test-cache');

/** A new directory that the server's user may enter. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'headroom-postgres-'));
  await chmod(directory, 0o755);
  return directory;
}

/** A server on a directory of its own, gone after stop(). */
export async function startTestPostgres(
  maxConnections = 50,
  more: Pick<PostgresOptions, 'tls' | 'durable' | 'onSessionEnd'> = {},
): Promise<PostgresServer> {
  const directory = await temporaryDirectory();
  const server = await startPostgres({
    dataDirectory: join(directory, 'data'),
    cacheDirectory: testCacheDirectory,
    maxConnections,
    ...more,
  });
  return {
    ...server,
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
