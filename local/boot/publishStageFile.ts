import { ownIdentity } from '../../core/process/processes.ts';
import { removeStageFile, writeStageFile, type StageFile } from '../stageFile.ts';
import { systemsOf } from '../../fleet/fleet.ts';
import type { OpenAws } from './openAws.ts';
import type { StageBoot } from './stageBoot.ts';

/** From now on the other commands find the stage. */
export async function publishStageFile(
  boot: StageBoot,
  { region, endpointUrl, credentials }: OpenAws,
  consoleUrl: string,
): Promise<StageFile> {
  const { stage, fleet, stateDirectory, startedMs, undo } = boot;
  const file: StageFile = {
    schemaVersion: 1,
    stage,
    pid: process.pid,
    processIdentity: await ownIdentity(),
    startedAt: new Date(startedMs).toISOString(),
    region,
    endpointUrl,
    credentials,
    consoleUrl,
    systems: systemsOf(fleet, stage)
      .map(({ name }) => name)
      .sort(),
  };
  await writeStageFile(stateDirectory, file);
  undo.push(() => removeStageFile(stateDirectory, stage));
  boot.reached(`stage "${stage}" is ready at ${endpointUrl}`);
  return file;
}
