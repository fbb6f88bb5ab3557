import { createHash } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { unprivilegedUser, type RunAs } from './binaries.ts';

/**
 * Where PostgreSQL's files live: `preferred`, or, where the user that runs the server may not enter it
 * (a checkout below /root), a directory for it in the system's temporary one, the same at each call.
 */
export async function postgresHome(preferred: string): Promise<string> {
  await mkdir(preferred, { recursive: true });
  const runAs = await unprivilegedUser();
  if (runAs === null || (await mayEnter(runAs, resolve(preferred)))) return preferred;
  const digest = createHash('sha256').update(resolve(preferred)).digest('hex').slice(0, 12);
  const home = join(tmpdir(), `headroom-${digest}`);
  await mkdir(home, { recursive: true, mode: 0o755 });
  return home;
}

async function mayEnter(user: RunAs, directory: string): Promise<boolean> {
  const { mode, uid, gid } = await stat(directory);
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  if ((mode & bit) === 0) return false;
  const parent = dirname(directory);
  return parent === directory || mayEnter(user, parent);
}
