/** A stack of a stage that was made for one run. */
export interface RunStack {
  stage: string;
  name: string;
  id: string;
  /** CloudFormation's own word. */
  status: string;
  /** When it was made, or last updated, in milliseconds since the epoch. */
  changedMs: number;
}

/** A run's schema in a system's database. */
export interface RunSchema {
  /** The run's, as the schema's name tells it. */
  stage: string;
  schema: string;
  /** Whose database it is in. */
  system: string;
}

/** What there is of one run. */
export interface RunRemains {
  stage: string;
  stacks: RunStack[];
  schemas: RunSchema[];
}

export interface Sorted {
  /** Nobody works with them any more. */
  leftovers: RunRemains[];
  /** What may be a run under way, with the reason. */
  spared: { stage: string; reason: string }[];
}

/**
 * Which of the runs that something is there of are over. One that CloudFormation works on is not, nor one whose youngest
 * stack was changed within `leftAfterMs`; a schema whose stacks are all gone belongs to nobody.
 * @param schemas listed before the stacks: a run makes its stacks first, so that a schema without any is left
 */
export function sortRuns(
  stacks: readonly RunStack[],
  schemas: readonly RunSchema[],
  { nowMs, leftAfterMs }: { nowMs: number; leftAfterMs: number },
): Sorted {
  const sorted: Sorted = { leftovers: [], spared: [] };
  for (const stage of [...new Set([...stacks, ...schemas].map((one) => one.stage))].sort()) {
    const remains = {
      stage,
      stacks: stacks.filter((stack) => stack.stage === stage),
      schemas: schemas.filter((schema) => schema.stage === stage),
    };
    const reason = underWay(remains.stacks, nowMs, leftAfterMs);
    if (reason === undefined) sorted.leftovers.push(remains);
    else sorted.spared.push({ stage, reason });
  }
  return sorted;
}

function underWay(stacks: readonly RunStack[], nowMs: number, leftAfterMs: number): string | undefined {
  const busy = stacks.find(isBusy);
  if (busy) return `${busy.name} is ${busy.status}`;
  const youngest = stacks.toSorted((a, b) => b.changedMs - a.changedMs)[0];
  if (!youngest || nowMs - youngest.changedMs >= leftAfterMs) return undefined;
  const hours = (nowMs - youngest.changedMs) / 3_600_000;
  return `${youngest.name} was changed ${hours.toFixed(1)} hours ago`;
}

/** A change set that nobody executed stays in review for ever; all else in progress ends by itself. */
const isBusy = ({ status }: RunStack): boolean =>
  status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';
