import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ownIdentity, stillRuns } from '../core/process/processes.ts';
import type { RecordError } from './errors.ts';
import { readRecord, writeRecord } from './recordFile.ts';
import { runningFormat, type Running } from './running.ts';

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
    await writeRecord(runningFormat, path, marker);
  };
  await write().catch(() => undefined);
  try {
    return await work();
  } finally {
    await rm(path, { force: true }).catch(() => undefined);
  }
}

export interface UnderWay {
  /** The oldest first. */
  running: Running[];
  /** Markers that cannot be read: what they tell of may run or not. */
  unreadable: RecordError[];
}

/** What is under way on this machine. */
export async function readRunning(stateDirectory: string): Promise<UnderWay> {
  const markers = await readMarkers(markersOf(stateDirectory));
  return {
    running: markers
      .flatMap((marker) => (marker.state === 'alive' ? marker.running : []))
      .sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1)),
    unreadable: markers.flatMap((marker) => (marker.state === 'unreadable' ? marker.error : [])),
  };
}

/** Nobody knows whose an unreadable one is: it stays. */
async function clearDead(directory: string): Promise<void> {
  const dead = (await readMarkers(directory)).filter(({ state }) => state === 'dead');
  await Promise.all(dead.map(({ path }) => rm(path, { force: true })));
}

type Marker = { path: string } & (
  | { state: 'alive'; running: Running }
  | { state: 'dead' }
  | { state: 'unreadable'; error: RecordError }
);

async function readMarkers(directory: string): Promise<Marker[]> {
  const names = await readdir(directory).catch(() => []);
  const paths = names.filter((name) => name.endsWith('.json')).map((name) => join(directory, name));
  return (await Promise.all(paths.map(readMarker))).filter((marker) => marker !== null);
}

/** Null where it is gone by now. */
async function readMarker(path: string): Promise<Marker | null> {
  const found = await readRecord(runningFormat, path);
  switch (found.state) {
    case 'absent':
      return null;
    case 'readable': {
      return (await stillRuns(found.record.process))
        ? { path, state: 'alive', running: found.record }
        : { path, state: 'dead' };
    }
    case 'unreadable':
    case 'otherVersion':
      return { path, state: 'unreadable', error: found.error };
  }
}
