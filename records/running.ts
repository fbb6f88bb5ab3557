import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { identity, ownIdentity } from '../core/process/processes.ts';

const runningSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.enum(['load', 'drill']),
  /** The profile's or the drill's. */
  name: z.string(),
  stage: z.string(),
  place: z.enum(['local', 'aws']),
  /** Where its files go, below the state directory's runs/. */
  runId: z.string(),
  startedAt: z.iso.datetime({ precision: 3 }),
  /** Ramp and hold of a load test, as planned; null where nothing is: a smoke test, a drill. */
  plannedSeconds: z.object({ ramp: z.number(), hold: z.number() }).nullable(),
  /** The process that runs it: its marker counts for nothing when it is dead. */
  process: z.string(),
});

/** A load test or drill under way on this machine. */
export type Running = z.infer<typeof runningSchema>;

/** One directory a run, below it. */
export const runsDirectoryOf = (stateDirectory: string): string => join(stateDirectory, 'runs');

const markersOf = (stateDirectory: string): string => join(stateDirectory, 'running');

/**
 * Does something while a marker tells the stage's console that it is under way. Markers that dead
 * processes left are cleared away. A marker that cannot be written keeps nothing from running.
 */
export async function whileRunning<T>(
  stateDirectory: string,
  what: Omit<Running, 'schemaVersion' | 'process'>,
  work: () => Promise<T>,
): Promise<T> {
  const directory = markersOf(stateDirectory);
  const path = join(directory, `${randomUUID()}.json`);
  const marker: Running = { schemaVersion: 1, ...what, process: await ownIdentity() };
  const write = async () => {
    await mkdir(directory, { recursive: true });
    await clearDead(directory);
    await writeFile(`${path}.tmp`, JSON.stringify(marker));
    await rename(`${path}.tmp`, path);
  };
  await write().catch(() => undefined);
  try {
    return await work();
  } finally {
    await rm(path, { force: true }).catch(() => undefined);
  }
}

/** What is under way, the oldest first. */
export async function readRunning(stateDirectory: string): Promise<Running[]> {
  const found = await readMarkers(markersOf(stateDirectory));
  return found.flatMap(({ running }) => running ?? []).sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
}

async function clearDead(directory: string): Promise<void> {
  const found = await readMarkers(directory);
  await Promise.all(
    found.filter(({ running }) => running === null).map(({ path }) => rm(path, { force: true })),
  );
}

/** Every marker; null where its process is dead. */
async function readMarkers(directory: string): Promise<{ path: string; running: Running | null }[]> {
  const names = await readdir(directory).catch(() => []);
  return Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map(async (name) => {
        const path = join(directory, name);
        const running = await readMarker(path).catch(() => null);
        const alive = running && (await identity(Number.parseInt(running.process, 10))) === running.process;
        return { path, running: alive ? running : null };
      }),
  );
}

const readMarker = async (path: string): Promise<Running> =>
  runningSchema.parse(JSON.parse(await readFile(path, 'utf8')));
