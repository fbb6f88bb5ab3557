import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { LocalStageError } from './errors.ts';
import { identity } from '../core/process/processes.ts';
import { writeWhole } from '../core/writeWhole.ts';

const stageFileSchema = z.object({
  schemaVersion: z.literal(1),
  stage: z.string(),
  /** The process that runs the stage. */
  pid: z.number().int().positive(),
  /** Its identity: process ids are reused. */
  processIdentity: z.string(),
  startedAt: z.iso.datetime({ precision: 3 }),
  region: z.string(),
  /** What AWS_ENDPOINT_URL must say to reach the stage. */
  endpointUrl: z.url(),
  /** Where a browser finds the stage's console. */
  consoleUrl: z.url(),
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  systems: z.array(z.string()),
});

/** How the other commands find a stage that runs on this machine. */
export type StageFile = z.infer<typeof stageFileSchema>;

/** Everything one local stage keeps on disk. */
export const stageDirectory = (stateDirectory: string, stage: string): string =>
  join(stateDirectory, 'stages', stage);

const stageFilePath = (stateDirectory: string, stage: string): string =>
  join(stageDirectory(stateDirectory, stage), 'stage.json');

/** The stage that runs here, or null: none was started, or its process is dead. */
export async function readRunningStage(stateDirectory: string, stage: string): Promise<StageFile | null> {
  const text = await readFile(stageFilePath(stateDirectory, stage), 'utf8').catch(() => null);
  if (text === null) return null;
  const parsed = stageFileSchema.safeParse(parseJson(text));
  if (!parsed.success) return null;
  return (await identity(parsed.data.pid)) === parsed.data.processIdentity ? parsed.data : null;
}

/** @throws LocalStageError when no such stage runs on this machine. */
export async function requireRunningStage(stateDirectory: string, stage: string): Promise<StageFile> {
  const running = await readRunningStage(stateDirectory, stage);
  if (running) return running;
  throw new LocalStageError(
    `no stage "${stage}" is running on this machine; start it with "npx headroom up" and leave it running, ` +
      'or set AWS_ENDPOINT_URL to another AWS emulator.',
  );
}

/** Readable by its owner alone: it holds the stage's credentials. Written whole or not at all. */
export async function writeStageFile(stateDirectory: string, file: StageFile): Promise<void> {
  const path = stageFilePath(stateDirectory, file.stage);
  await mkdir(dirname(path), { recursive: true });
  await writeWhole(path, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
}

export const removeStageFile = (stateDirectory: string, stage: string): Promise<void> =>
  rm(stageFilePath(stateDirectory, stage), { force: true });

/** What a tool's environment must hold to reach the stage through the ordinary SDK clients. */
export const environmentOf = (file: StageFile): Record<string, string> => ({
  AWS_ENDPOINT_URL: file.endpointUrl,
  AWS_REGION: file.region,
  // The AWS command line of version 1 reads this one alone.
  AWS_DEFAULT_REGION: file.region,
  AWS_ACCESS_KEY_ID: file.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: file.credentials.secretAccessKey,
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
