import { rm } from 'node:fs/promises';
import { LocalStageError } from './errors.ts';
import { lockHolder, removeDeadLock } from './lock.ts';
import { stopStale } from './postgres/server.ts';
import { ended } from '../core/process/processes.ts';
import { stageDirectories } from './stageDirectories.ts';
import { removeStageFile, stageDirectory } from './stageFile.ts';

/** A batch under way may use its function's whole timeout. */
const patienceMs = 60_000;

export interface StopOptions {
  stateDirectory: string;
  stage: string;
  /** Also throws away what stages with kept data left. */
  deleteData?: boolean;
}

/** What there was to stop: a stage, what a dead one left, or nothing. */
export type Stopped = 'stopped' | 'cleared' | 'nothing';

/**
 * Stops the stage that runs here as Ctrl-C does, or clears what one left whose process is dead.
 * @throws LocalStageError when it does not end. PostgresStartError when a left database server doesn't.
 */
export async function stopStage(options: StopOptions): Promise<Stopped> {
  const { stateDirectory, stage, deleteData = false } = options;
  const directory = stageDirectory(stateDirectory, stage);
  const { data, keptData, keptMessages } = await stageDirectories(stateDirectory, stage);
  const pid = await lockHolder(directory);
  if (pid !== null) {
    process.kill(pid, 'SIGTERM');
    if (!(await ended(pid, patienceMs))) {
      throw new LocalStageError(
        `process ${pid} does not end; "kill -9 ${pid}" ends it, and "npx headroom down" cleans up after it.`,
      );
    }
  }
  const left = [await removeDeadLock(directory), await stopStale(data), await stopStale(keptData)];
  await removeStageFile(stateDirectory, stage);
  await rm(data, { recursive: true, force: true });
  if (deleteData) {
    await rm(keptData, { recursive: true, force: true });
    await rm(keptMessages, { recursive: true, force: true });
  }
  if (pid !== null) return 'stopped';
  return left.includes(true) ? 'cleared' : 'nothing';
}
