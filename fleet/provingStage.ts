import { nodeTypes } from './nodeTypes.ts';
import type { StageConfig } from './stageSchema.ts';

export type Stages = Readonly<Record<string, StageConfig>>;

/** What is wrong with a stage beside the others. */
export interface StageProblem {
  /** Of the field, below `stages`. */
  path: readonly string[];
  /** What was expected there. */
  message: string;
}

/** All that decides how much load a system carries, by its field of a stage's configuration. */
const sizesOf = ({ database, api, subscriber }: StageConfig): Record<string, unknown> => ({
  'database.nodeType': database.nodeType,
  'database.nodes': database.nodes,
  'database.connectionLimit': database.connectionLimit ?? nodeTypes[database.nodeType].connectionLimit,
  ...under('api', api),
  ...under('subscriber', subscriber),
});

const under = (field: string, values: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${field}.${name}`, value]));

/**
 * Why a stage proves nothing for the one that names it in `provenByStage`. A larger one would carry what the other
 * does not.
 */
export function provingProblems(stages: Stages, name: string): StageProblem[] {
  const proven = stages[name]!;
  const { provenByStage: by } = proven;
  if (by === undefined) return [];
  const proving = stages[by];
  if (!proving || by === 'local' || proving.runsOn) {
    const others = Object.entries(stages).filter(([other, { runsOn }]) => other !== 'local' && !runsOn);
    const message = `expected a stage with databases of its own on AWS: one of ${others.map(([other]) => other).join(', ')}`;
    return [{ path: [name, 'provenByStage'], message }];
  }
  const expected = sizesOf(proven);
  return Object.entries(sizesOf(proving))
    .filter(([field, size]) => size !== expected[field])
    .map(([field]) => ({
      path: [by, ...field.split('.')],
      message: `expected ${String(expected[field])}, as stage "${name}" has, whose peak "${by}" proves (provenByStage)`,
    }));
}
