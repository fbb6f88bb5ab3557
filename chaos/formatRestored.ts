import { countOfSystems } from '../records/drillScope.ts';
import type { RestoredJournal } from './restore.ts';
import type { RestoredRule } from './restoreFromDocument.ts';

/** All that a restore did, and what it found. */
export interface Restored {
  stage: string;
  journals: readonly RestoredJournal[];
  rules: readonly RestoredRule[];
}

/** Whether something is still to be undone. */
export const leavesSomething = ({ journals, rules }: Restored): boolean =>
  journals.some(({ problems, living }) => problems.length > 0 || living !== null) ||
  rules.some(({ state }) => state === 'missing');

/** For a terminal, a line a thing. */
export function formatRestored(restored: Restored): string {
  const { stage, journals, rules } = restored;
  const lines = journals.flatMap(({ path, undone, remarks, problems, living }) => [
    ...undone.map((step) => `undone: ${step} (${path})`),
    ...remarks.map((remark) => `  ${remark}`),
    ...problems.map((problem) => `STILL TO BE UNDONE: ${problem} (${path})`),
    ...(living === null
      ? []
      : [`STILL RUNS: process ${living} undoes its faults itself; --force does it now (${path})`]),
  ]);
  for (const { system, state, problem } of rules) {
    if (state === 'putBack') lines.push(`put back: the rule to the database of ${system}`);
    if (state !== 'missing') continue;
    lines.push(
      problem === null
        ? `MISSING: the rule to the database of ${system}, and no journal here says why: ` +
            `npx headroom chaos restore --stage ${stage} --from-document`
        : `MISSING: the rule to the database of ${system}: ${problem}`,
    );
  }
  const looked = `checked: the journals here, and the rule to the database of ${countOfSystems(rules.length)}`;
  return lines.length === 0 ? `nothing to undo; ${looked}` : lines.join('\n');
}
