/** Where the messages of a run or drill ended, one system. */
export interface Reconciliation {
  /** Distinct ids whose publication SNS acknowledged. */
  published: number;
  /** Of these, in the table. */
  stored: number;
  /** Of these, not in the table but in a dead-letter queue. */
  deadLettered: number;
  /** Of these, nowhere. */
  lost: number;
  /** Ids that the table holds more than once. */
  duplicated: number;
  /** A few of the lost and duplicated ids, for whoever looks into it. */
  examples: { lost: number[]; duplicated: number[] };
}

/** What was found of one system's messages. */
export interface MessagesSeen {
  /** Null where it could not be asked; then `problem` says why. */
  reconciliation: Reconciliation | null;
  problem: string | null;
  /** Messages that still wait for the subscriber. */
  waiting: number;
}

const examplesKept = 5;

/**
 * Every acknowledged id is stored or dead-lettered, and none is stored twice. An id whose publication was
 * never acknowledged may be anywhere: it is counted nowhere, except that it too must not be stored twice.
 */
export function reconcile(
  published: ReadonlySet<number>,
  /** Rows by id, over the range that was reserved. */
  stored: ReadonlyMap<number, number>,
  deadLettered: ReadonlySet<number>,
): Reconciliation {
  const lost: number[] = [];
  let inTable = 0;
  let dead = 0;
  for (const id of published) {
    if (stored.has(id)) inTable += 1;
    else if (deadLettered.has(id)) dead += 1;
    else lost.push(id);
  }
  const duplicated = [...stored].filter(([, rows]) => rows > 1).map(([id]) => id);
  return {
    published: published.size,
    stored: inTable,
    deadLettered: dead,
    lost: lost.length,
    duplicated: duplicated.length,
    examples: { lost: lost.slice(0, examplesKept), duplicated: duplicated.slice(0, examplesKept) },
  };
}
