import { questionName } from './questionTitles.ts';
import type { VerdictFile, VerdictRecord } from './verdict.ts';

/** A reason why something did not pass, once, with everything that it concerns. */
export interface NotPassed {
  verdict: Exclude<VerdictRecord['verdict'], 'pass'>;
  reason: string;
  /** Which questions about which systems, the first few by name: `orders database CPU and 3 more`. */
  subjects: string;
}

/** Subjects of one reason that are named before the rest is counted. */
const namedSubjects = 4;

/** What failed before what is not known, each reason once. */
export function whatDidNotPass({ records }: Pick<VerdictFile, 'records'>): NotPassed[] {
  return (['fail', 'inconclusive'] as const).flatMap((verdict) =>
    [
      ...Map.groupBy(
        records.filter((record) => record.verdict === verdict),
        ({ reason }) => reason,
      ),
    ].map(([reason, group]) => ({ verdict, reason, subjects: subjectsOf(group) })),
  );
}

function subjectsOf(records: readonly VerdictRecord[]): string {
  const names = records.map(({ system, signal }) =>
    system === null ? questionName(signal) : `${system} ${questionName(signal)}`,
  );
  const more = names.length - namedSubjects;
  return names.slice(0, namedSubjects).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
