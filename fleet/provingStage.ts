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
  const differing = provingDifferences(proving, proven).map(({ field, expected }) => ({
    path: [by, ...field.split('.')],
    message: `expected ${inWords(expected)}, as stage "${name}" has, whose peak "${by}" proves (provenByStage)`,
  }));
  return [...differing, ...accountProblems({ [name]: proven, [by]: proving })];
}

/** What of a stage's sizes is not as the stage has it whose peak it proves, and what that has. */
export function provingDifferences(
  proving: StageConfig,
  proven: StageConfig,
): { field: string; expected: unknown }[] {
  const [sizes, expected] = [sizesOf(proving), sizesOf(proven)];
  return [...new Set([...Object.keys(expected), ...Object.keys(sizes)])]
    .filter((field) => sizes[field] !== expected[field])
    .map((field) => ({ field, expected: expected[field] }));
}

/** What a field of a configuration was expected to be; one that is left out says so. */
export const inWords = (expected: unknown): string =>
  expected === undefined ? 'none' : typeof expected === 'string' ? expected : JSON.stringify(expected);

/** What proves a peak is read across accounts by their numbers: both say theirs, or neither does. */
function accountProblems(pair: Stages): StageProblem[] {
  const unnamed = Object.keys(pair).filter((name) => pair[name]!.account === undefined);
  if (unnamed.length !== 1) return [];
  const [other] = Object.keys(pair).filter((name) => name !== unnamed[0]);
  return [
    {
      path: [unnamed[0]!, 'account'],
      message: `expected the account, as stage "${other}" names its own: one proves the other's peak (provenByStage)`,
    },
  ];
}

/** Whether users are affected by what is done to a stage: by its name, or since another one proves its peak for it. */
export const isProduction = (stages: Stages, stage: string): boolean =>
  stage === 'prod' || stages[stage]?.provenByStage !== undefined;

/** Where it is kept what proves a stage's peak. */
export interface Proving {
  /** The stage whose passed gate proves it. */
  stage: string;
  /** Its account, where that is another one than the proven stage's: what is kept there takes a role to read. */
  account?: string;
}

/** The stage that proves a stage, itself where the configuration names none. */
export function provingOf(stages: Stages, stage: string): Proving {
  const proven = stages[stage];
  const by = proven?.provenByStage ?? stage;
  const account = stages[by]?.account;
  return account === undefined || account === proven?.account ? { stage: by } : { stage: by, account };
}

/** Accounts, other than a stage's own, of the stages whose peaks it proves. */
export const provenAccounts = (stages: Stages, stage: string): string[] => [
  ...new Set(
    Object.keys(stages).flatMap((name) => {
      const { stage: by, account } = provingOf(stages, name);
      return by === stage && account !== undefined ? (stages[name]!.account ?? []) : [];
    }),
  ),
];
