import type { Clock } from '../../core/clock.ts';
import type { Fleet, StageConfig } from '../../fleet/fleet.ts';
import type { StageDirectories } from '../stageDirectories.ts';
import type { UndoStack } from './undoStack.ts';

/** What every step of a stage's start works with. Each pushes what undoes it before it returns. */
export interface StageBoot {
  stage: string;
  fleet: Fleet;
  config: StageConfig;
  /** Holds the stages' directories and the caches. */
  stateDirectory: string;
  /** The stage's own, below it. */
  directory: string;
  /** Where its data lies. */
  directories: StageDirectories;
  /** Rows and messages live on after the stage has stopped. */
  keep: boolean;
  clock: Clock;
  /** Values in [0, 1). */
  random: () => number;
  startedMs: number;
  undo: UndoStack;
  /** Tells what stands now, with the time since the start. */
  reached: (what: string) => void;
  /** Told of what goes wrong while the stage runs. */
  onError: (error: unknown) => void;
}
