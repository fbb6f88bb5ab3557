import { join } from 'node:path';
import { postgresHome } from './postgres/home.ts';
import { stageDirectory } from './stageFile.ts';

/** Where a local stage's data lies. */
export interface StageDirectories {
  /** Holds the caches that all stages of the state directory share. */
  postgresHome: string;
  /** PostgreSQL's, thrown away with the stage. */
  data: string;
  /** PostgreSQL's, of a stage that keeps its data. */
  keptData: string;
  /** The messages of a stage that keeps its data. */
  keptMessages: string;
}

export async function stageDirectories(stateDirectory: string, stage: string): Promise<StageDirectories> {
  const home = await postgresHome(join(stateDirectory, 'postgres'));
  return {
    postgresHome: home,
    data: join(home, stage),
    keptData: join(home, `${stage}-kept`),
    keptMessages: join(stageDirectory(stateDirectory, stage), 'messages'),
  };
}
